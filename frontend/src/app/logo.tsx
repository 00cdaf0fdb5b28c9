import { cn } from "@/ui";

/** Two sails over a hull; it takes the colour of the text around it. */
export function Logo({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" className={cn("size-6", className)}>
      <path d="M11.200 2.500v12.700H3.300C6 12 9.600 8 11.200 2.500Z" fill="currentColor" />
      <path d="M13 5.200c2.900 2.500 5.700 6.100 6.700 10H13V5.200Z" fill="currentColor" opacity=".62" />
      <path
        d="M2.500 17.200h19c-.8 2.500-2.700 4.100-5.200 4.100H7.700c-2.500 0-4.400-1.600-5.200-4.100Z"
        fill="currentColor"
      />
    </svg>
  );
}

import { Link } from "@tanstack/react-router";
import { ChevronLeft } from "lucide-react";
import { backLinkClass } from "@/app/page";
import { t } from "@/texts";

/** Of every page around builds, to the list of them. */
export function BackToBuilds() {
  return (
    <Link to="/builds" search={{}} className={backLinkClass}>
      <ChevronLeft aria-hidden />
      {t.builds.back}
    </Link>
  );
}

import { useEffect } from "react";
import { t } from "@/texts";

/** The title of the tab while a page is shown. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · ${t.product}` : t.product;
  }, [title]);
}

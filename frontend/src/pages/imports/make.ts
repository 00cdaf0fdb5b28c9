import type { Analysis, Import } from "@/data/imports";

export interface MakeProps {
  session: Import;
  analysis: Analysis;
}

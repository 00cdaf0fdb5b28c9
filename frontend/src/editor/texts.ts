export { editor as t } from "@/texts/en/editor";

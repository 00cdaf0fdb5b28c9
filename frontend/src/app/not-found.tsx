import { Link } from "@tanstack/react-router";
import { Sailboat } from "lucide-react";
import { t } from "@/texts";
import { Button, EmptyState } from "@/ui";
import { usePageTitle } from "./title";

export function NotFoundPage() {
  usePageTitle(t.errors.notFoundTitle);
  return (
    <div className="grid min-h-full place-items-center">
      <EmptyState
        icon={<Sailboat />}
        title={t.errors.notFoundTitle}
        actions={
          <Button asChild variant="primary">
            <Link to="/">{t.errors.toStart}</Link>
          </Button>
        }
      >
        {t.errors.notFoundText}
      </EmptyState>
    </div>
  );
}

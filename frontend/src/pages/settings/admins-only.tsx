import { Link } from "@tanstack/react-router";
import { Lock } from "lucide-react";
import { t } from "@/texts";
import { Button, EmptyState } from "@/ui";

/** In the place of a section that is not for everybody. */
export function AdminsOnly() {
  return (
    <EmptyState
      icon={<Lock />}
      title={t.settings.server.adminsOnly}
      actions={
        <Button asChild>
          <Link to="/settings/profile">{t.settings.server.toProfile}</Link>
        </Button>
      }
    >
      {t.settings.server.adminsOnlyText}
    </EmptyState>
  );
}

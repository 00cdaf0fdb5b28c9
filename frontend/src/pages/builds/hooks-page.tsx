import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Plus, Webhook } from "lucide-react";
import { useState } from "react";
import { Page } from "@/app/page";
import { hooksQuery, type NewHook } from "@/data/hooks";
import { t } from "@/texts";
import { Button, Card, EmptyState, ErrorState, Skeleton } from "@/ui";
import { BackToBuilds } from "./back";
import { AddHook } from "./hook-add";
import { HookCard } from "./hook-card";

/** What is built again when somebody pushes, and what the Git hosts have called for. */
export function HooksPage() {
  const search = useSearch({ from: "/member/builds/webhooks" });
  const navigate = useNavigate({ from: "/builds/webhooks" });
  const found = useQuery(hooksQuery);
  const [fresh, setFresh] = useState<NewHook | null>(null);
  const setAdding = (add: string | undefined) => void navigate({ search: { add }, replace: true });
  const add = (
    <Button variant="primary" onClick={() => setAdding("")}>
      <Plus />
      {t.hooks.add}
    </Button>
  );
  const hooks = found.data?.webhooks;
  return (
    <Page
      title={t.hooks.title}
      subtitle={t.hooks.subtitle}
      back={<BackToBuilds />}
      actions={hooks && hooks.length > 0 && add}
    >
      {found.isError && !hooks ? (
        <ErrorState error={found.error} onRetry={() => void found.refetch()} />
      ) : !hooks ? (
        <div role="status" aria-label={t.ui.loading} className="flex flex-col gap-4">
          <Skeleton className="h-56" />
          <Skeleton className="h-56" />
        </div>
      ) : hooks.length === 0 ? (
        <Card>
          <EmptyState icon={<Webhook />} title={t.hooks.emptyTitle} actions={add}>
            {t.hooks.emptyText}
          </EmptyState>
        </Card>
      ) : (
        <ul className="flex flex-col gap-4">
          {hooks.map((hook) => (
            <li key={hook.id}>
              <HookCard
                hook={hook}
                secret={fresh?.id === hook.id ? fresh.secret : null}
                onSecret={(next) => setFresh(next)}
              />
            </li>
          ))}
        </ul>
      )}
      {search.add !== undefined && (
        <AddHook
          buildId={search.add}
          onClose={() => setAdding(undefined)}
          onAdded={(hook) => {
            setFresh(hook);
            setAdding(undefined);
          }}
        />
      )}
    </Page>
  );
}

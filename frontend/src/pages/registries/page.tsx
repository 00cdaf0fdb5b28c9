import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Plus, Warehouse } from "lucide-react";
import { useState } from "react";
import { Page } from "@/app/page";
import { useSession } from "@/auth/session";
import { REGISTRIES_PAGE, type Registry, registriesQuery, useRemoveRegistry } from "@/data/registries";
import { t } from "@/texts";
import { Button, Card, ConfirmDialog, EmptyState, ErrorState, Pager, SkeletonRows } from "@/ui";
import { Browse } from "./browse";
import { AddDialog, EditDialog } from "./forms";
import { RegistryTable } from "./list";
import { Lookup } from "./lookup";

export type Asked = { kind: "browse" | "edit" | "remove"; registry: Registry } | null;

/** Where images come from: everyone sees what they may use, administrators care for it. */
export function RegistriesPage() {
  const search = useSearch({ from: "/member/registries" });
  const navigate = useNavigate({ from: "/registries" });
  const isAdmin = useSession((state) => state.user?.role === "admin");
  const [asked, setAsked] = useState<Asked>(null);
  const list = useQuery(registriesQuery(search.page ?? 1));
  const setAdding = (add: true | undefined) =>
    void navigate({ search: (old) => ({ ...old, add }), replace: true });
  const addButton = isAdmin && (
    <Button variant="primary" onClick={() => setAdding(true)}>
      <Plus />
      {t.registries.add}
    </Button>
  );
  return (
    <Page title={t.registries.title} subtitle={t.registries.subtitle} actions={addButton}>
      {list.isPending ? (
        <Card>
          <SkeletonRows count={3} />
        </Card>
      ) : list.isError && !list.data ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : list.data.total === 0 ? (
        <Card>
          <EmptyState icon={<Warehouse />} title={t.registries.emptyTitle} actions={addButton}>
            {isAdmin ? t.registries.emptyText : t.registries.emptyMember}
          </EmptyState>
        </Card>
      ) : (
        <div aria-busy={list.isPlaceholderData}>
          <RegistryTable registries={list.data.registries} isAdmin={isAdmin} onAsk={setAsked} />
          <Pager
            page={search.page ?? 1}
            limit={REGISTRIES_PAGE}
            total={list.data.total}
            summary={t.registries.total(list.data.total)}
            onPage={(page) => void navigate({ search: { page: page > 1 ? page : undefined } })}
          />
        </div>
      )}
      <Lookup />
      {search.add && isAdmin && <AddDialog onClose={() => setAdding(undefined)} />}
      {asked?.kind === "browse" && (
        <Browse
          // As it is now: it may have been tested since.
          registry={list.data?.registries.find((each) => each.id === asked.registry.id) ?? asked.registry}
          isAdmin={isAdmin}
          onClose={() => setAsked(null)}
        />
      )}
      {asked?.kind === "edit" && <EditDialog registry={asked.registry} onClose={() => setAsked(null)} />}
      {asked?.kind === "remove" && <RemoveDialog registry={asked.registry} onClose={() => setAsked(null)} />}
    </Page>
  );
}

function RemoveDialog({ registry, onClose }: { registry: Registry; onClose: () => void }) {
  const remove = useRemoveRegistry();
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={t.registries.removeTitle(registry.name)}
      description={t.registries.removeText}
      action={t.registries.removeAction}
      isBusy={remove.isPending}
      onConfirm={() => remove.mutate(registry, { onSettled: onClose })}
    />
  );
}

import { useQuery } from "@tanstack/react-query";
import { UserPlus, X } from "lucide-react";
import { useState } from "react";
import { z } from "zod";
import { useApiForm } from "@/app/form";
import {
  type Cluster,
  type ClusterShare,
  clusterSharesQuery,
  type ShareRole,
  useShareCluster,
  useUnshareCluster,
} from "@/data/clusters";
import { t } from "@/texts";
import {
  Badge,
  Button,
  ErrorState,
  Field,
  FormDialog,
  IconButton,
  Input,
  Select,
  SkeletonRows,
  toast,
} from "@/ui";

const roles: readonly ShareRole[] = ["viewer", "editor", "admin"];

/** With whom a cluster is shared, for those who may share it. */
export function Sharing({ cluster }: { cluster: Cluster }) {
  const [isAdding, setAdding] = useState(false);
  const shares = useQuery(clusterSharesQuery(cluster.name));
  return (
    <section aria-label={t.clusters.sharing}>
      <div className="mb-2 flex items-center justify-between">
        <h2 className="text-sm font-medium">{t.clusters.sharing}</h2>
        <Button size="sm" onClick={() => setAdding(true)}>
          <UserPlus />
          {t.clusters.share}
        </Button>
      </div>
      {shares.isPending ? (
        <SkeletonRows count={1} className="rounded-lg border border-line bg-surface" />
      ) : shares.isError && !shares.data ? (
        <ErrorState className="py-6" error={shares.error} onRetry={() => void shares.refetch()} />
      ) : shares.data.shares.length === 0 ? (
        <p className="rounded-lg border border-line bg-surface px-3 py-4 text-center text-sm text-ink-3">
          {t.clusters.shareEmpty}
        </p>
      ) : (
        <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface">
          {shares.data.shares.map((share) => (
            <ShareRow key={share.id} cluster={cluster.name} share={share} />
          ))}
        </ul>
      )}
      {isAdding && <ShareDialog cluster={cluster} onClose={() => setAdding(false)} />}
    </section>
  );
}

function ShareRow({ cluster, share }: { cluster: string; share: ClusterShare }) {
  const remove = useUnshareCluster(cluster);
  const who = share.name || share.email;
  return (
    <li className="flex items-center gap-2.5 py-2 pr-1.5 pl-3 text-sm">
      <span className="min-w-0 flex-1">
        <span className="block truncate">{who}</span>
        {share.name && <span className="block truncate text-xs text-ink-3">{share.email}</span>}
        {share.namespaces.length > 0 && (
          <span className="block truncate text-xs text-ink-3">
            {t.clusters.onlyNamespaces(share.namespaces)}
          </span>
        )}
      </span>
      {share.status === "pending" && <Badge tone="warn">{t.clusters.pendingShare}</Badge>}
      <Badge>{t.clusters.shareRoles[share.role]}</Badge>
      <IconButton
        size="sm"
        label={t.clusters.unshare(who)}
        isBusy={remove.isPending}
        onClick={() => remove.mutate(share)}
      >
        <X />
      </IconButton>
    </li>
  );
}

const schema = z.object({
  email: z.string().trim().min(1, t.errors.required).pipe(z.email(t.errors.email)),
  role: z.enum(["viewer", "editor", "admin"]),
  namespaces: z.string(),
});

function ShareDialog({ cluster, onClose }: { cluster: Cluster; onClose: () => void }) {
  const add = useShareCluster(cluster.name);
  const initial = { email: "", role: "viewer" as ShareRole, namespaces: "" };
  const form = useApiForm(schema, initial, async ({ email, role, namespaces }) => {
    const names = namespaces
      .split(/[\s,]+/)
      .map((name) => name.trim())
      .filter(Boolean);
    const share = await add.mutateAsync({ email, role, ...(names.length ? { namespaces: names } : {}) });
    toast.done(t.clusters.sharedWith(share.name || share.email));
    onClose();
  });
  return (
    <FormDialog
      id="cluster-share"
      title={t.clusters.shareTitle(cluster.display_name || cluster.name)}
      description={t.clusters.shareText}
      action={t.clusters.shareAction}
      isBusy={form.formState.isSubmitting}
      onClose={onClose}
      onSubmit={form.send}
      problem={form.problem}
    >
      <Field label={t.clusters.shareEmail} error={form.errorOf("email")}>
        <Input type="email" inputMode="email" autoFocus {...form.register("email")} />
      </Field>
      <Field label={t.clusters.shareRole} error={form.errorOf("role")}>
        <Select
          value={form.watch("role")}
          onValueChange={(role) => form.setValue("role", role)}
          options={roles.map((role) => ({
            value: role,
            label: t.clusters.shareRoles[role],
            note: t.clusters.shareRoleNotes[role],
          }))}
        />
      </Field>
      <Field
        label={t.clusters.shareNamespaces}
        error={form.errorOf("namespaces")}
        hint={t.clusters.shareNamespacesHint}
        aside={t.ui.optional}
      >
        <Input {...form.register("namespaces")} />
      </Field>
    </FormDialog>
  );
}

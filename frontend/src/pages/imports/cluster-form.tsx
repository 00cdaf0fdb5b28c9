import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useId, useState } from "react";
import { ApiError } from "@/api/errors";
import { clusterMetadataQuery, clustersQuery } from "@/data/clusters";
import { useAdopt } from "@/data/imports";
import { t } from "@/texts";
import { Button, Card, Field, Input, Notice, Select } from "@/ui";
import { Refusal } from "./refusal";

/** A namespace that lives in a cluster. */
export function ClusterForm() {
  const { into } = useSearch({ from: "/member/import" });
  const navigate = useNavigate();
  const adopt = useAdopt();
  const known = useId();
  const clusters = useQuery(clustersQuery({ limit: 100 }));
  const found = clusters.data?.clusters ?? [];
  const [chosen, setChosen] = useState<string>();
  const [namespace, setNamespace] = useState("");
  const cluster = chosen ?? (found.find((each) => each.is_default) ?? found[0])?.name ?? "";
  const namespaces = useQuery({
    ...clusterMetadataQuery(cluster),
    enabled: cluster !== "",
    staleTime: 60_000,
  });
  const misplaced = adopt.error instanceof ApiError ? adopt.error.fields["source.namespace"]?.[0] : undefined;
  if (clusters.isSuccess && found.length === 0) return <Notice tone="info">{t.imports.clusterNone}</Notice>;
  return (
    <Card className="p-4">
      <form
        className="flex flex-col gap-4"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          adopt.mutate(
            { cluster, namespace: namespace.trim() },
            {
              onSuccess: (session) =>
                void navigate({
                  to: "/import/$importId",
                  params: { importId: session.id },
                  search: { into },
                }),
            },
          );
        }}
      >
        {adopt.error && !misplaced && <Refusal error={adopt.error} />}
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={t.imports.cluster}>
            <Select
              value={cluster}
              placeholder={t.imports.clusterChoose}
              onValueChange={(name) => {
                setChosen(name);
                setNamespace("");
              }}
              options={found.map((each) => ({ value: each.name, label: each.display_name || each.name }))}
            />
          </Field>
          <Field label={t.imports.namespace} hint={t.imports.clusterNamespaceHint} error={misplaced}>
            <Input
              required
              spellCheck={false}
              autoComplete="off"
              list={known}
              placeholder="default"
              value={namespace}
              onChange={(event) => setNamespace(event.target.value)}
            />
          </Field>
        </div>
        <datalist id={known}>
          {namespaces.data?.namespaces?.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <div>
          <Button
            type="submit"
            variant="primary"
            disabled={cluster === "" || namespace.trim() === ""}
            isBusy={adopt.isPending}
          >
            {t.imports.readNamespace}
          </Button>
        </div>
      </form>
    </Card>
  );
}

import type { ClusterMetadata } from "@/data/clusters";
import { t } from "@/texts";
import { Badge, Card, Cell, HeadCell, Notice, Row, Table } from "@/ui";
import { WithMetadata } from "./offers";
import { groupedPermissions } from "./permission-groups";

/** What the credentials may do, as the cluster says; namespaces with the same rights stand together. */
export function Permissions({ name }: { name: string }) {
  return (
    <WithMetadata name={name}>
      {(metadata) => (
        <div className="flex flex-col gap-5">
          <p className="text-sm text-ink-2">{t.clusters.permissionsText}</p>
          {metadata.permissions.length === 0 ? (
            <Card className="px-4 py-6 text-center text-sm text-ink-3">{t.clusters.permissionsEmpty}</Card>
          ) : (
            groupedPermissions(metadata.permissions).map((group) => (
              <Group key={group.namespaces.join(" ")} group={group} />
            ))
          )}
        </div>
      )}
    </WithMetadata>
  );
}

type Rule = ClusterMetadata["permissions"][number]["rules"][number];

function Group({ group }: { group: ReturnType<typeof groupedPermissions>[number] }) {
  const title = t.clusters.inNamespaces(group.namespaces);
  return (
    <section aria-label={title}>
      <h2 className="mb-2 flex flex-wrap gap-1.5">
        {group.namespaces.map((namespace) => (
          <Badge key={namespace} className="font-mono font-normal">
            {namespace}
          </Badge>
        ))}
      </h2>
      {group.isIncomplete && (
        <Notice tone="info" className="mb-2">
          {t.clusters.permissionsPartial}
        </Notice>
      )}
      <Table label={title}>
        <thead>
          <tr>
            <HeadCell className="w-1/3">{t.clusters.may.verbs}</HeadCell>
            <HeadCell className="w-1/2">{t.clusters.may.resources}</HeadCell>
            <HeadCell>{t.clusters.may.names}</HeadCell>
          </tr>
        </thead>
        <tbody>
          {group.rules.map((rule) => (
            <Row key={JSON.stringify(rule)}>
              <Cell className="align-top text-xs">{all(rule.verbs)}</Cell>
              <Cell className="align-top font-mono text-xs break-words text-ink-2">{targets(rule)}</Cell>
              <Cell className="align-top font-mono text-xs break-words text-ink-3">
                {rule.resource_names.length > 0 ? rule.resource_names.join(", ") : "–"}
              </Cell>
            </Row>
          ))}
        </tbody>
      </Table>
    </section>
  );
}

const all = (values: readonly string[]) => (values.includes("*") ? t.clusters.everything : values.join(", "));

function targets(rule: Rule): string {
  const groups = rule.api_groups.filter((group) => group !== "" && group !== "*");
  const resources = all(rule.resources);
  return groups.length > 0 ? `${resources} (${groups.join(", ")})` : resources;
}

import { Link } from "@tanstack/react-router";
import { Archive, ArchiveRestore, Copy, MoreHorizontal, Pencil, Trash2 } from "lucide-react";
import { useCloneWorkflow, useDeleteWorkflow, useSetStatus, type WorkflowItem } from "@/data/workflows";
import { t } from "@/texts";
import {
  aboveRowClass,
  Badge,
  Cell,
  cn,
  HeadCell,
  IconButton,
  Menu,
  Row,
  rowLinkClass,
  Table,
  Time,
} from "@/ui";
import { StatusBadge } from "./status";

interface ListProps {
  workflows: readonly WorkflowItem[];
  onEdit: (workflow: WorkflowItem) => void;
  onDelete: (workflow: WorkflowItem) => void;
}

export function WorkflowTable({ workflows, onEdit, onDelete }: ListProps) {
  return (
    <Table label={t.workflows.title}>
      <thead className="hidden md:table-header-group">
        <tr>
          <HeadCell className="w-full">{t.workflows.columns.name}</HeadCell>
          <HeadCell>{t.workflows.columns.status}</HeadCell>
          <HeadCell className="text-right">{t.workflows.columns.nodes}</HeadCell>
          <HeadCell className="hidden lg:table-cell">{t.workflows.columns.cluster}</HeadCell>
          <HeadCell>{t.workflows.columns.updated}</HeadCell>
          <HeadCell className="w-12">
            <span className="sr-only">{t.ui.more}</span>
          </HeadCell>
        </tr>
      </thead>
      <tbody>
        {workflows.map((workflow) => (
          <WorkflowRow key={workflow.id} workflow={workflow} onEdit={onEdit} onDelete={onDelete} />
        ))}
      </tbody>
    </Table>
  );
}

function WorkflowRow({
  workflow,
  onEdit,
  onDelete,
}: Omit<ListProps, "workflows"> & { workflow: WorkflowItem }) {
  return (
    <Row>
      <Cell className="w-full max-w-0 pr-2">
        <div className="flex min-w-0 items-center gap-2">
          <Link
            to="/workflows/$workflowId"
            params={{ workflowId: workflow.id }}
            search={{}}
            className={cn(rowLinkClass, "truncate")}
          >
            {workflow.name}
          </Link>
          <span className="hidden min-w-0 gap-1 overflow-hidden sm:flex">
            {workflow.tags.slice(0, 3).map((tag) => (
              <Badge
                key={tag}
                className="max-w-32 shrink truncate bg-transparent text-ink-3 ring-1 ring-line ring-inset"
              >
                {tag}
              </Badge>
            ))}
          </span>
        </div>
        {workflow.description && <p className="mt-0.5 truncate text-xs text-ink-3">{workflow.description}</p>}
        <div className="mt-1.5 flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-ink-3 md:hidden">
          <StatusBadge status={workflow.status} />
          <span>{t.workflows.nodes(workflow.node_count)}</span>
          <span aria-hidden>·</span>
          <Time value={workflow.updated_at} />
        </div>
      </Cell>
      <Cell className="hidden md:table-cell">
        <StatusBadge status={workflow.status} />
      </Cell>
      <Cell className="hidden text-right text-ink-2 tabular-nums md:table-cell">{workflow.node_count}</Cell>
      <Cell className="hidden max-w-44 whitespace-nowrap text-ink-2 lg:table-cell">
        <span className={cn("block truncate", !workflow.cluster && "text-ink-3")}>
          {workflow.cluster ?? t.workflows.columns.defaultCluster}
        </span>
        {workflow.namespace && (
          <span className="block truncate text-xs text-ink-3">{workflow.namespace}</span>
        )}
      </Cell>
      <Cell className="hidden whitespace-nowrap text-ink-2 md:table-cell">
        <Time value={workflow.updated_at} className={aboveRowClass} />
      </Cell>
      <Cell className="w-12 pr-2 pl-0 text-right">
        <RowMenu workflow={workflow} onEdit={onEdit} onDelete={onDelete} />
      </Cell>
    </Row>
  );
}

function RowMenu({ workflow, onEdit, onDelete }: Omit<ListProps, "workflows"> & { workflow: WorkflowItem }) {
  const clone = useCloneWorkflow();
  const remove = useDeleteWorkflow();
  const setStatus = useSetStatus();
  const isArchived = workflow.status === "archived";
  // What was never run can simply go, with an undo.
  const mayRunSomewhere = workflow.latest_version > 0;
  return (
    <Menu
      trigger={
        <IconButton
          label={t.workflows.actionsFor(workflow.name)}
          hideTooltip
          className={cn(
            aboveRowClass,
            "md:opacity-60 md:group-hover:opacity-100 md:focus-visible:opacity-100",
          )}
        >
          <MoreHorizontal />
        </IconButton>
      }
      items={[
        { label: t.workflows.rename, icon: <Pencil />, onSelect: () => onEdit(workflow) },
        {
          label: t.workflows.clone,
          icon: <Copy />,
          onSelect: () => clone.mutate({ id: workflow.id, name: t.workflows.cloneName(workflow.name) }),
        },
        isArchived
          ? {
              label: t.workflows.unarchive,
              icon: <ArchiveRestore />,
              onSelect: () => setStatus.mutate({ workflow, status: "draft" }),
            }
          : {
              label: t.workflows.archive,
              icon: <Archive />,
              onSelect: () => setStatus.mutate({ workflow, status: "archived" }),
            },
        "separator",
        {
          label: t.workflows.delete,
          icon: <Trash2 />,
          isDanger: true,
          onSelect: () =>
            mayRunSomewhere ? onDelete(workflow) : remove.mutate({ workflow, cleanup: false }),
        },
      ]}
    />
  );
}

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { ChevronLeft, Ellipsis, ExternalLink, Globe, Trash2, UserRound } from "lucide-react";
import { useState } from "react";
import { isApiError, messageOf } from "@/api/errors";
import { backLinkClass, Page } from "@/app/page";
import {
  type Stack,
  stackQuery,
  useInstantiate,
  useKindName,
  useRemoveTemplate,
  useShareTemplate,
} from "@/data/templates";
import { GraphPicture } from "@/graph/picture";
import { t } from "@/texts";
import {
  Badge,
  Button,
  Card,
  ConfirmDialog,
  ErrorState,
  Field,
  IconButton,
  Input,
  Menu,
  Notice,
  SkeletonRows,
} from "@/ui";
import { answersOf, initialAnswers, ParameterField } from "./parameters";

const back = (
  <Link to="/templates" className={backLinkClass}>
    <ChevronLeft />
    {t.templates.back}
  </Link>
);

export function TemplatePage() {
  const { templateId } = useParams({ from: "/member/templates/$templateId" });
  const found = useQuery(stackQuery(templateId));
  if (found.isPending)
    return (
      <Page title={t.templates.title} back={back}>
        <Card>
          <SkeletonRows count={6} />
        </Card>
      </Page>
    );
  if (found.isError)
    return (
      <Page title={t.templates.title} back={back}>
        <ErrorState error={found.error} onRetry={() => void found.refetch()} />
      </Page>
    );
  return <Detail key={templateId} stack={found.data} />;
}

function Detail({ stack }: { stack: Stack }) {
  const kindName = useKindName();
  const mark = t.templates.origin[stack.origin];
  return (
    <Page
      title={stack.display_name}
      subtitle={stack.description}
      back={back}
      marks={mark && <Badge>{mark}</Badge>}
      actions={stack.origin === "yours" && <Actions stack={stack} />}
    >
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <Card className="overflow-hidden">
          <div className="grid min-h-56 place-items-center bg-[radial-gradient(var(--grid-dot)_1px,transparent_1px)] bg-size-[18px_18px] p-4">
            {stack.nodes.length > 0 && (
              <GraphPicture
                label={t.templates.picture(stack.display_name)}
                nodes={stack.nodes}
                edges={stack.edges}
              />
            )}
          </div>
          <div className="border-t border-line px-4 py-3">
            <h2 className="text-sm font-medium">{t.templates.inside}</h2>
            <ul className="mt-2 grid gap-x-6 gap-y-1 sm:grid-cols-2 lg:grid-cols-1 xl:grid-cols-2">
              {stack.nodes.map((node) => (
                <li key={node.id} className="flex min-w-0 items-baseline justify-between gap-3 text-xs">
                  <span className="truncate">{nameOf(node)}</span>
                  <span className="shrink-0 text-ink-3">{kindName(node.type)}</span>
                </li>
              ))}
            </ul>
            <p className="mt-3 text-xs text-ink-3">
              {stack.origin === "shared" && `${t.templates.from(stack.owner)} `}
              {stack.source && (
                <a
                  href={stack.source}
                  target="_blank"
                  rel="noopener noreferrer"
                  className="inline-flex items-center gap-1 underline underline-offset-2 hover:text-ink"
                >
                  {t.templates.source}
                  <ExternalLink aria-hidden className="size-3" />
                </a>
              )}
            </p>
          </div>
        </Card>
        <UseForm stack={stack} />
      </div>
    </Page>
  );
}

function nameOf(node: Stack["nodes"][number]): string {
  const data = node.data as { name?: unknown } | undefined;
  return typeof data?.name === "string" && data.name ? data.name : node.id;
}

/** As the server would name it: letters, digits and hyphens. */
function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40)
    .replace(/-+$/, "");
}

function UseForm({ stack }: { stack: Stack }) {
  const navigate = useNavigate();
  const create = useInstantiate();
  const [name, setName] = useState(stack.display_name);
  const [namespace, setNamespace] = useState(slug(stack.display_name));
  const [texts, setTexts] = useState(() => initialAnswers(stack.parameters));
  const fields = isApiError(create.error) ? create.error.fields : {};
  const errorOf = (field: string) => fields[field]?.[0];
  const isPlaced = Object.keys(fields).some(
    (field) => ["name", "namespace"].includes(field) || field.startsWith("values."),
  );
  const send = async (event: React.FormEvent) => {
    event.preventDefault();
    const body = { id: stack.id, name, namespace, values: answersOf(stack.parameters, texts) };
    const workflow = await create.mutateAsync(body).catch(() => null);
    if (workflow)
      await navigate({ to: "/workflows/$workflowId", params: { workflowId: workflow.id }, search: {} });
  };
  return (
    <Card className="p-4">
      <h2 className="text-base font-semibold">{t.templates.use}</h2>
      <p className="mt-0.5 text-xs text-ink-2">{t.templates.useText}</p>
      <form className="mt-4 flex flex-col gap-4" noValidate onSubmit={(event) => void send(event)}>
        {create.isError && !isPlaced && <Notice>{messageOf(create.error)}</Notice>}
        <Field label={t.templates.name} error={errorOf("name")}>
          <Input value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
        {stack.parameters.map((parameter) => (
          <ParameterField
            key={parameter.name}
            parameter={parameter}
            value={texts[parameter.name] ?? ""}
            error={errorOf(`values.${parameter.name}`)}
            onChange={(value) => setTexts((old) => ({ ...old, [parameter.name]: value }))}
          />
        ))}
        <Field label={t.templates.namespace} error={errorOf("namespace")} hint={t.templates.namespaceHint}>
          <Input
            value={namespace}
            placeholder="default"
            spellCheck={false}
            onChange={(event) => setNamespace(event.target.value)}
          />
        </Field>
        <Button type="submit" variant="primary" isBusy={create.isPending}>
          {t.templates.create}
        </Button>
      </form>
    </Card>
  );
}

function Actions({ stack }: { stack: Stack }) {
  const navigate = useNavigate();
  const share = useShareTemplate();
  const remove = useRemoveTemplate();
  const [isAsked, setAsked] = useState(false);
  return (
    <>
      <Menu
        align="end"
        trigger={
          <IconButton label={t.templates.actionsFor(stack.display_name)} hideTooltip>
            <Ellipsis />
          </IconButton>
        }
        items={[
          {
            label: stack.is_shared ? t.templates.unshare : t.templates.share,
            icon: stack.is_shared ? <UserRound /> : <Globe />,
            onSelect: () => share.mutate({ id: stack.id, is_shared: !stack.is_shared }),
          },
          "separator",
          { label: t.templates.remove, icon: <Trash2 />, isDanger: true, onSelect: () => setAsked(true) },
        ]}
      />
      <ConfirmDialog
        isOpen={isAsked}
        onOpenChange={setAsked}
        title={t.templates.removeTitle(stack.display_name)}
        description={t.templates.removeText}
        action={t.templates.removeAction}
        isBusy={remove.isPending}
        onConfirm={() =>
          remove.mutate(stack.id, { onSuccess: () => void navigate({ to: "/templates", search: {} }) })
        }
      />
    </>
  );
}

/** The control for one field, whatever its kind. Drawn again only when its own value changes. */

import { memo, useId } from "react";
import { Segmented, Switch } from "@/ui";
import type { Field } from "../model/fields";
import { type Path, pathText } from "../model/paths";
import type { Json } from "../model/types";
import { t } from "../texts";
import { JsonControl, YamlControl } from "./CodeControl";
import { useForm, useTrouble } from "./context";
import { EitherControl } from "./EitherControl";
import { Insight } from "./insights/Insight";
import { Labelled, Note } from "./Labelled";
import { ListControl } from "./ListControl";
import { MapControl } from "./MapControl";
import { ObjectControl } from "./ObjectControl";
import { OverridesControl } from "./overrides/OverridesControl";
import { ResourcesControl } from "./ResourcesControl";
import { RowsControl } from "./RowsControl";
import { SecretsControl } from "./SecretsControl";
import { AreaControl, ColorControl, type ControlProps, EnumControl, TextControl } from "./scalars";

interface FieldViewProps {
  field: Field;
  path: Path;
  value: Json | undefined;
  /** Without a label of its own: something above says what it is. */
  isBare?: boolean;
}

const LABELLED: Partial<Record<Field["kind"], (props: ControlProps) => React.ReactNode>> = {
  text: TextControl,
  number: TextControl,
  mixed: TextControl,
  textarea: AreaControl,
  enum: EnumControl,
};

/** These have inputs of their own inside, so their title is a heading and not the label of one input. */
const HEADED: Partial<Record<Field["kind"], (props: ControlProps) => React.ReactNode>> = {
  map: MapControl,
  secrets: SecretsControl,
  list: ListControl,
  json: JsonControl,
  yaml: YamlControl,
  color: ColorControl,
  overrides: OverridesControl,
};

function FieldControl({ field, path, value, isBare = false }: FieldViewProps) {
  const { onChange } = useForm();
  const change = (next: Json | undefined) => onChange(path, next);
  const text = pathText(path);
  const Plain = LABELLED[field.kind];
  if (Plain) {
    if (isBare) return <Plain field={field} value={value} onChange={change} label={field.title} />;
    return (
      <Labelled field={field} path={text}>
        {(ids) => (
          <>
            <Plain field={field} value={value} onChange={change} ids={ids} />
            <Insight field={field} value={value} onPick={change} />
          </>
        )}
      </Labelled>
    );
  }
  const Inner = HEADED[field.kind];
  if (Inner) {
    const control = <Inner field={field} value={value} onChange={change} isBare={isBare} />;
    return isBare ? (
      control
    ) : (
      <Headed field={field} path={text}>
        {control}
      </Headed>
    );
  }
  switch (field.kind) {
    case "switch":
      return <SwitchField field={field} path={text} value={value} onChange={change} />;
    case "rows":
      return isBare ? (
        <RowsControl field={field} path={path} value={value} isBare />
      ) : (
        <Headed field={field} path={text}>
          <RowsControl field={field} path={path} value={value} />
        </Headed>
      );
    case "resources":
      return (
        <Headed field={field} path={text}>
          <ResourcesControl field={field} path={text} value={value} onChange={change} />
        </Headed>
      );
    case "either":
      return <EitherControl field={field} path={path} value={value} />;
    default:
      return <ObjectControl field={field} path={path} value={value} />;
  }
}

function Headed({ field, path, children }: { field: Field; path: string; children: React.ReactNode }) {
  const id = useId();
  const trouble = useTrouble(path);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a legend cannot stand beside the button of its fieldset
    <div
      role="group"
      aria-labelledby={id}
      className="relative flex min-w-0 flex-col gap-1.5"
      data-field={path}
    >
      <span id={id} className="min-h-5 max-w-[80%] text-xs font-medium leading-5">
        {field.title}
        {field.isRequired && (
          <span aria-hidden className="text-bad-ink">
            {" *"}
          </span>
        )}
      </span>
      {field.help && !trouble && <Note text={field.help} className="-mt-1.5" />}
      {trouble && <Note text={trouble.message} tone={trouble.severity} className="-mt-1.5" />}
      {children}
    </div>
  );
}

function SwitchField({ field, path, value, onChange }: ControlProps & { path: string }) {
  const trouble = useTrouble(path);
  const fallback = field.fallback;
  const title = <span className="text-xs font-medium">{field.title}</span>;
  return (
    <div data-field={path} className="flex flex-col gap-1">
      {typeof fallback === "boolean" ? (
        <Switch
          isOn={typeof value === "boolean" ? value : fallback}
          label={title}
          note={field.help ? <span className="text-2xs">{field.help}</span> : undefined}
          onChange={(next) => onChange(next === fallback ? undefined : next)}
        />
      ) : (
        <Undecided field={field} value={value} onChange={onChange} />
      )}
      {trouble && <Note text={trouble.message} tone={trouble.severity} />}
    </div>
  );
}

const ANSWERS = [
  { value: "unset", label: t.form.unset },
  { value: "yes", label: t.form.yes },
  { value: "no", label: t.form.no },
] as const;

/** Where Kubernetes decides when nothing is said, saying nothing must stay possible. */
function Undecided({ field, value, onChange }: ControlProps) {
  return (
    <div className="flex items-start justify-between gap-3">
      <span className="min-w-0 pt-1 text-xs font-medium">
        {field.title}
        {field.help && <span className="block text-2xs font-normal text-ink-3">{field.help}</span>}
      </span>
      <Segmented
        label={field.title}
        className="shrink-0"
        options={ANSWERS}
        value={value === true ? "yes" : value === false ? "no" : "unset"}
        onValueChange={(next) => onChange(next === "unset" ? undefined : next === "yes")}
      />
    </div>
  );
}

function isSame(before: FieldViewProps, after: FieldViewProps): boolean {
  return (
    before.field === after.field &&
    before.value === after.value &&
    before.isBare === after.isBare &&
    pathText(before.path) === pathText(after.path)
  );
}

export const FieldView = memo(FieldControl, isSame);

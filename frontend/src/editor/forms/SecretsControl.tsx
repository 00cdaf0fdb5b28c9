/**
 * Values that can be written and never read: a stored one can be replaced or removed. What is typed goes out when the
 * row is left, and not before: half a password must not be saved.
 */

import { Lock } from "lucide-react";
import { type FocusEvent, type ReactNode, useRef, useState } from "react";
import { Button, Input, PasswordInput } from "@/ui";
import { isObject } from "../model/paths";
import { t } from "../texts";
import { Note } from "./Labelled";
import { AddButton, RemoveButton } from "./MapControl";
import type { ControlProps } from "./scalars";

export function SecretsControl({ field, value, onChange, isBare }: ControlProps) {
  const values = isObject(value) ? value : {};
  const [fresh, setFresh] = useState<number[]>([]);
  const [replacing, setReplacing] = useState<string | null>(null);
  const nextRow = useRef(0);
  const keys = Object.keys(values);
  const drop = (row: number) => setFresh((rows) => rows.filter((each) => each !== row));
  const set = (key: string, text: string) => onChange({ ...values, [key]: text });
  const remove = (key: string) => {
    const { [key]: _gone, ...rest } = values;
    onChange(Object.keys(rest).length === 0 ? undefined : rest);
  };
  return (
    <div className="flex flex-col gap-1.5">
      {keys.map((key, index) =>
        replacing === key ? (
          <TypedRow
            key={key}
            title={field.title}
            place={index + 1}
            fixedKey={key}
            onLeave={(_key, text) => {
              setReplacing(null);
              if (text !== "") set(key, text);
            }}
            onRemove={() => setReplacing(null)}
          />
        ) : (
          <Row
            key={key}
            label={t.form.item(field.title, index + 1)}
            removeLabel={t.form.removeItem(field.title, index + 1)}
            onRemove={() => remove(key)}
            keyInput={<KeyInput title={field.title} place={index + 1} value={key} />}
          >
            <Stored onReplace={() => setReplacing(key)} />
          </Row>
        ),
      )}
      {fresh.map((row, index) => (
        <TypedRow
          key={row}
          title={field.title}
          place={keys.length + index + 1}
          taken={keys}
          onLeave={(key, text) => {
            if (key === "" || text === "" || keys.includes(key)) return;
            drop(row);
            set(key, text);
          }}
          onRemove={() => drop(row)}
        />
      ))}
      <AddButton
        title={field.title}
        isBare={isBare}
        onClick={() => {
          nextRow.current += 1;
          setFresh([...fresh, nextRow.current]);
        }}
      />
    </div>
  );
}

interface RowProps {
  label: string;
  keyInput: ReactNode;
  removeLabel: string;
  onRemove: () => void;
  onBlur?: (event: FocusEvent<HTMLDivElement>) => void;
  children: ReactNode;
}

function Row({ label, keyInput, removeLabel, onRemove, onBlur, children }: RowProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a row of a group, not a set of fields
    <div role="group" aria-label={label} className="flex items-start gap-1" onBlur={onBlur}>
      {keyInput}
      <div className="min-w-0 flex-1">{children}</div>
      <RemoveButton label={removeLabel} onClick={onRemove} />
    </div>
  );
}

interface KeyInputProps {
  title: string;
  place: number;
  value: string;
  onChange?: (key: string) => void;
}

/** A stored value belongs to its key: under another one there is nothing. */
function KeyInput({ title, place, value, onChange }: KeyInputProps) {
  return (
    <Input
      aria-label={t.form.keyOf(title, place)}
      placeholder={t.form.key}
      value={value}
      readOnly={!onChange}
      title={value}
      className="h-7.5 w-1/2 font-mono text-xs read-only:bg-sunken sm:text-xs"
      onChange={(event) => onChange?.(event.target.value.trim())}
    />
  );
}

function Stored({ onReplace }: { onReplace: () => void }) {
  return (
    <div
      title={t.form.stored}
      className="flex h-7.5 items-center gap-1.5 rounded-md border border-line bg-sunken pr-0.5 pl-2 text-xs text-ink-3"
    >
      <Lock aria-hidden className="size-3 shrink-0" />
      <span className="sr-only">{t.form.stored}</span>
      <span aria-hidden className="flex-1 truncate">
        ••••••••
      </span>
      <Button size="sm" variant="ghost" className="h-6 px-1.5" onClick={onReplace}>
        {t.form.replace}
      </Button>
    </div>
  );
}

interface TypedRowProps {
  title: string;
  place: number;
  fixedKey?: string;
  taken?: readonly string[];
  onLeave: (key: string, text: string) => void;
  onRemove: () => void;
}

function TypedRow({ title, place, fixedKey, taken = [], onLeave, onRemove }: TypedRowProps) {
  const [key, setKey] = useState(fixedKey ?? "");
  const [text, setText] = useState("");
  const isTaken = taken.includes(key);
  return (
    <>
      <Row
        label={t.form.item(title, place)}
        removeLabel={t.form.removeItem(title, place)}
        onRemove={onRemove}
        onBlur={(event) => {
          if (!event.currentTarget.contains(event.relatedTarget)) onLeave(key, text);
        }}
        keyInput={
          <KeyInput title={title} place={place} value={key} {...(fixedKey ? {} : { onChange: setKey })} />
        }
      >
        <PasswordInput
          aria-label={t.form.valueOf(title, place)}
          placeholder={t.form.value}
          autoComplete="new-password"
          autoFocus={fixedKey !== undefined}
          value={text}
          className="h-7.5 font-mono text-xs sm:text-xs"
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => event.key === "Enter" && onLeave(key, text)}
        />
      </Row>
      {isTaken && <Note text={t.form.keyTaken} tone="warning" />}
    </>
  );
}

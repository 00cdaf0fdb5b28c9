import { useState } from "react";
import type { ImportChoice } from "@/data/imports";
import { Field, Input, PasswordInput, Select } from "@/ui";

interface Props {
  choice: ImportChoice;
  isBusy: boolean;
  onDecide: (value: string) => void;
}

/** One decision. Texts are taken when one leaves the field or presses Enter. */
export function ChoiceField({ choice, isBusy, onDecide }: Props) {
  const [text, setText] = useState(choice.value);
  const keep = () => {
    if (text !== choice.value) onDecide(text);
  };
  if (choice.kind === "option") {
    return (
      <Field label={choice.text}>
        <Select
          value={choice.value}
          isDisabled={isBusy}
          options={choice.options.map(({ value, label }) => ({ value, label }))}
          onValueChange={onDecide}
        />
      </Field>
    );
  }
  const Control = choice.kind === "secret" ? PasswordInput : Input;
  return (
    <Field label={choice.text}>
      <Control
        value={text}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setText(event.target.value)}
        onBlur={keep}
        onKeyDown={(event) => event.key === "Enter" && keep()}
      />
    </Field>
  );
}

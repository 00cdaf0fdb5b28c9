import type { Parameter } from "@/data/templates";
import { t } from "@/texts";
import { Checkbox, Field, Input, PasswordInput, Select } from "@/ui";

interface Props {
  parameter: Parameter;
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
}

/** One question, with the control that fits its type. Answers are texts until they are sent. */
export function ParameterField({ parameter, value, error, onChange }: Props) {
  if (parameter.type === "boolean") {
    return (
      <Checkbox
        isOn={value === "true"}
        onChange={(isOn) => onChange(String(isOn))}
        label={parameter.title}
        note={parameter.description}
      />
    );
  }
  const hint = parameter.generate ? t.templates.generated : parameter.description || undefined;
  return (
    <Field
      label={parameter.title}
      error={error}
      hint={hint}
      aside={parameter.generate ? t.ui.optional : undefined}
    >
      {parameter.type === "choice" ? (
        <Select
          value={value}
          options={(parameter.choices ?? []).map((choice) => ({ value: choice, label: choice }))}
          onValueChange={onChange}
        />
      ) : parameter.type === "secret" ? (
        <PasswordInput
          autoComplete="new-password"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      ) : (
        <Input
          value={value}
          inputMode={parameter.type === "integer" ? "numeric" : undefined}
          spellCheck={false}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

export function initialAnswers(parameters: readonly Parameter[]): Record<string, string> {
  return Object.fromEntries(
    parameters.map((each) => [
      each.name,
      each.default === undefined || each.default === null ? "" : String(each.default),
    ]),
  );
}

/** As the server takes them: numbers as numbers; what was left empty is not sent. */
export function answersOf(
  parameters: readonly Parameter[],
  texts: Record<string, string>,
): Record<string, string | number | boolean> {
  const answers: Record<string, string | number | boolean> = {};
  for (const { name, type } of parameters) {
    const text = texts[name] ?? "";
    if (text === "" && type !== "boolean") continue;
    if (type === "boolean") answers[name] = text === "true";
    else if (type === "integer" && /^-?\d+$/.test(text.trim())) answers[name] = Number(text.trim());
    else answers[name] = text;
  }
  return answers;
}

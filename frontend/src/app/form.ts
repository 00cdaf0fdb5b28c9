/** Forms: react-hook-form with a zod schema, and the server's field errors put where they belong. */
import { zodResolver } from "@hookform/resolvers/zod";
import { useState } from "react";
import {
  type DefaultValues,
  type FieldValues,
  type Path,
  type UseFormReturn,
  useForm,
} from "react-hook-form";
import { z } from "zod";
import { ApiError, messageOf } from "@/api/errors";

// Else zod tries whether it may compile code, which the content security policy forbids and the console reports.
z.config({ jitless: true });

export interface ApiForm<Values extends FieldValues> extends UseFormReturn<Values> {
  /** What is wrong with the whole, when no field can be named. */
  problem: string | null;
  /** For `<form onSubmit>`: checks, then calls; what the server refuses is shown on its field. */
  send: (event?: React.BaseSyntheticEvent) => Promise<void>;
  errorOf: (name: Path<Values>) => string | undefined;
}

export function useApiForm<Values extends FieldValues>(
  schema: z.ZodType<Values, Values>,
  defaultValues: DefaultValues<Values>,
  submit: (values: Values) => Promise<unknown>,
): ApiForm<Values> {
  const [problem, setProblem] = useState<string | null>(null);
  // Not on blur: the sentence that appears would move what one is just pressing.
  const form = useForm<Values>({ resolver: zodResolver(schema), defaultValues, mode: "onSubmit" });

  function show(error: unknown): void {
    let isPlaced = false;
    if (error instanceof ApiError) {
      for (const [name, texts] of Object.entries(error.fields)) {
        if (!(name in form.getValues())) continue;
        form.setError(
          name as Path<Values>,
          { type: "server", message: texts[0] ?? "" },
          { shouldFocus: !isPlaced },
        );
        isPlaced = true;
      }
    }
    if (!isPlaced) setProblem(messageOf(error));
  }

  const send = form.handleSubmit(async (values) => {
    setProblem(null);
    try {
      await submit(values);
    } catch (error) {
      show(error);
    }
  });

  const errorOf = (name: Path<Values>) => {
    const error = form.getFieldState(name, form.formState).error;
    return error?.message;
  };

  return { ...form, problem, send, errorOf };
}

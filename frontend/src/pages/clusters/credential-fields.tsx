import type { ReactNode } from "react";
import type { Path, UseFormReturn } from "react-hook-form";
import { z } from "zod";
import type { ApiForm } from "@/app/form";
import type { AuthType } from "@/data/clusters";
import { t } from "@/texts";
import { Field, Input, Segmented, Textarea } from "@/ui";
import { FileTextarea } from "./file-textarea";

/** The kinds of credentials that a person can enter; a service account has none. */
export type EnteredKind = Exclude<AuthType, "service_account">;
const kinds: readonly EnteredKind[] = ["kubeconfig", "bearer_token", "client_certificate"];

const LIMIT = 512 * 1024;

export const credentialShape = {
  auth_type: z.enum(["kubeconfig", "bearer_token", "client_certificate"]),
  kubeconfig: z.string().max(LIMIT, t.clusters.fileTooLarge),
  context: z.string().trim(),
  token: z.string().trim(),
  client_certificate_data: z.string().trim(),
  client_key_data: z.string().trim(),
  ca_data: z.string().trim(),
};

const shape = z.object(credentialShape);
export type CredentialValues = z.infer<typeof shape>;

export const emptyCredentials: CredentialValues = {
  auth_type: "kubeconfig",
  kubeconfig: "",
  context: "",
  token: "",
  client_certificate_data: "",
  client_key_data: "",
  ca_data: "",
};

/** What each kind cannot do without. */
const needed: Record<EnteredKind, readonly (keyof CredentialValues)[]> = {
  kubeconfig: ["kubeconfig"],
  bearer_token: ["token"],
  client_certificate: ["client_certificate_data", "client_key_data"],
};

export function missingFields(values: CredentialValues): (keyof CredentialValues)[] {
  return needed[values.auth_type].filter((name) => !values[name].trim());
}

/** Only what belongs to the chosen kind: a token typed before one changed one's mind stays here. */
export function credentialBody(values: CredentialValues) {
  const { auth_type } = values;
  if (auth_type === "kubeconfig") {
    return {
      auth_type,
      kubeconfig: values.kubeconfig,
      ...(values.context ? { context: values.context } : {}),
    };
  }
  const ca = values.ca_data ? { ca_data: values.ca_data } : {};
  if (auth_type === "bearer_token") return { auth_type, token: values.token, ...ca };
  return {
    auth_type,
    client_certificate_data: values.client_certificate_data,
    client_key_data: values.client_key_data,
    ...ca,
  };
}

interface FieldsProps<Values extends CredentialValues> {
  form: ApiForm<Values>;
  /** What else the chosen kind asks for, before its secrets. */
  children?: ReactNode;
}

export function CredentialFields<Values extends CredentialValues>({ form, children }: FieldsProps<Values>) {
  // Every form that holds these fields is at least this one.
  const own = form as unknown as ApiForm<CredentialValues> & UseFormReturn<CredentialValues>;
  const kind = own.watch("auth_type");
  const error = (name: Path<CredentialValues>) => own.errorOf(name);
  return (
    <>
      <div className="flex flex-col gap-1.5">
        <span className="text-sm font-medium">{t.clusters.kind}</span>
        <Segmented
          label={t.clusters.kind}
          className="self-start"
          value={kind}
          options={kinds.map((value) => ({ value, label: t.clusters.kinds[value] }))}
          onValueChange={(value) => {
            own.setValue("auth_type", value);
            own.clearErrors();
          }}
        />
      </div>
      {children}
      {kind === "kubeconfig" && (
        <>
          <Field label={t.clusters.kubeconfig} error={error("kubeconfig")} hint={t.clusters.kubeconfigHint}>
            <FileTextarea
              rows={8}
              maxBytes={LIMIT}
              placeholder={t.clusters.kubeconfigPlaceholder}
              value={own.watch("kubeconfig")}
              onValueChange={(text) =>
                own.setValue("kubeconfig", text, { shouldValidate: own.formState.isSubmitted })
              }
            />
          </Field>
          <Field
            label={t.clusters.context}
            error={error("context")}
            hint={t.clusters.contextHint}
            aside={t.ui.optional}
          >
            <Input {...own.register("context")} />
          </Field>
        </>
      )}
      {kind === "bearer_token" && (
        <Field label={t.clusters.token} error={error("token")}>
          <Textarea rows={3} className="font-mono text-xs sm:text-xs" {...own.register("token")} />
        </Field>
      )}
      {kind === "client_certificate" && (
        <div className="grid gap-4 sm:grid-cols-2">
          <Field
            label={t.clusters.certificate}
            error={error("client_certificate_data")}
            hint={t.clusters.pemHint}
          >
            <Textarea
              rows={4}
              className="font-mono text-xs sm:text-xs"
              {...own.register("client_certificate_data")}
            />
          </Field>
          <Field label={t.clusters.key} error={error("client_key_data")} hint={t.clusters.pemHint}>
            <Textarea
              rows={4}
              className="font-mono text-xs sm:text-xs"
              {...own.register("client_key_data")}
            />
          </Field>
        </div>
      )}
      {kind !== "kubeconfig" && (
        <Field label={t.clusters.ca} error={error("ca_data")} hint={t.clusters.caHint} aside={t.ui.optional}>
          <Textarea rows={3} className="font-mono text-xs sm:text-xs" {...own.register("ca_data")} />
        </Field>
      )}
    </>
  );
}

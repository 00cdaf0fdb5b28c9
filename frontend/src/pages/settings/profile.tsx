import { useQuery } from "@tanstack/react-query";
import { Monitor, Moon, Sun } from "lucide-react";
import { z } from "zod";
import { isApiError, type Schemas } from "@/api";
import { useApiForm } from "@/app/form";
import { setTheme, useTheme } from "@/app/theme";
import { usePageTitle } from "@/app/title";
import { profileQuery, useAskForVerification, useEditProfile } from "@/data/account";
import { t } from "@/texts";
import {
  Badge,
  Button,
  ErrorState,
  Field,
  formatTime,
  Input,
  Notice,
  PasswordInput,
  Segmented,
  Skeleton,
  toast,
} from "@/ui";
import { Section } from "./section";

type Profile = Schemas["ProfileOut"];

export function ProfilePage() {
  usePageTitle(t.settings.profile.title);
  const profile = useQuery(profileQuery);
  return (
    <>
      <Section title={t.settings.profile.title}>
        {profile.isPending ? (
          <div role="status" aria-label={t.ui.loading} className="flex flex-col gap-4 p-5">
            <Skeleton className="h-8" />
            <Skeleton className="h-8" />
            <Skeleton className="h-8 w-32" />
          </div>
        ) : profile.isError && !profile.data ? (
          <ErrorState error={profile.error} onRetry={() => void profile.refetch()} />
        ) : (
          <ProfileForm
            key={profile.data.etag}
            profile={profile.data.data}
            etag={profile.data.etag}
            onStale={() => void profile.refetch()}
          />
        )}
      </Section>
      <Appearance />
    </>
  );
}

const schema = z.object({
  name: z.string().trim().min(1, t.errors.required).max(200, t.errors.tooLong(200)),
  email: z.string().trim().min(1, t.errors.required).pipe(z.email(t.errors.email)),
  current_password: z.string(),
});

function ProfileForm({
  profile,
  etag,
  onStale,
}: {
  profile: Profile;
  etag: string | null;
  onStale: () => void;
}) {
  const edit = useEditProfile();
  const verification = useAskForVerification();
  const initial = { name: profile.name, email: profile.email, current_password: "" };
  const form = useApiForm(schema, initial, async ({ name, email, current_password }) => {
    const isNewAddress = email.toLowerCase() !== profile.email.toLowerCase();
    try {
      await edit.mutateAsync({ etag, name, ...(isNewAddress ? { email, current_password } : {}) });
      toast.done(t.ui.saved);
    } catch (error) {
      if (!isApiError(error) || error.status !== 412) throw error;
      toast.note(t.settings.profile.changedElsewhere);
      onStale();
    }
  });
  const isNewAddress = form.watch("email").trim().toLowerCase() !== profile.email.toLowerCase();
  return (
    <form onSubmit={form.send} noValidate>
      <div className="flex flex-col gap-4 p-5">
        {form.problem && <Notice>{form.problem}</Notice>}
        <Field label={t.settings.profile.name} error={form.errorOf("name")}>
          <Input autoComplete="name" {...form.register("name")} />
        </Field>
        <Field
          label={t.settings.profile.email}
          error={form.errorOf("email")}
          hint={isNewAddress ? t.settings.profile.emailHint : undefined}
          aside={
            <Badge tone={profile.is_email_verified ? "ok" : "warn"}>
              {profile.is_email_verified ? t.settings.profile.verified : t.settings.profile.notVerified}
            </Badge>
          }
        >
          <Input type="email" autoComplete="email" {...form.register("email")} />
        </Field>
        {isNewAddress && (
          <Field label={t.settings.profile.currentPassword} error={form.errorOf("current_password")}>
            <PasswordInput autoComplete="current-password" {...form.register("current_password")} />
          </Field>
        )}
      </div>
      <div className="flex flex-wrap items-center gap-2 border-t border-line px-5 py-3">
        <span className="mr-auto text-xs text-ink-3">
          {t.settings.profile.role[profile.role]} ·{" "}
          {t.settings.profile.memberSince(formatTime(profile.created_at))}
        </span>
        {!profile.is_email_verified && (
          <Button isBusy={verification.isPending} onClick={() => verification.mutate()}>
            {t.settings.profile.verify}
          </Button>
        )}
        <Button
          type="submit"
          variant="primary"
          isBusy={form.formState.isSubmitting}
          disabled={!form.formState.isDirty}
        >
          {t.ui.saveChanges}
        </Button>
      </div>
    </form>
  );
}

function Appearance() {
  const choice = useTheme((state) => state.choice);
  const options = [
    { value: "system", icon: <Monitor /> },
    { value: "light", icon: <Sun /> },
    { value: "dark", icon: <Moon /> },
  ] as const;
  return (
    <Section title={t.settings.appearance.title}>
      <div className="flex flex-wrap items-center justify-between gap-3 p-5">
        <div>
          <p className="text-sm font-medium">{t.theme.label}</p>
          <p className="text-xs text-ink-3">{t.settings.appearance.text}</p>
        </div>
        <Segmented
          label={t.theme.label}
          value={choice}
          onValueChange={setTheme}
          options={options.map(({ value, icon }) => ({
            value,
            label: (
              <>
                {icon}
                {t.theme[value]}
              </>
            ),
          }))}
        />
      </div>
    </Section>
  );
}

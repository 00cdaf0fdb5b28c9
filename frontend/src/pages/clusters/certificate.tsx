import { ShieldQuestion } from "lucide-react";
import { type Certificate, useEditCluster } from "@/data/clusters";
import { t } from "@/texts";
import { Button, toast } from "@/ui";

/** A certificate that nobody vouches for: a person looks at it and decides. */
export function CertificateCard({ cluster, certificate }: { cluster: string; certificate: Certificate }) {
  const edit = useEditCluster();
  const facts = [
    [t.clusters.certSubject, certificate.subject],
    [t.clusters.certIssuer, certificate.issuer],
    [t.clusters.certUntil, certificate.not_after],
  ] as const;
  return (
    <section className="rounded-lg border border-line-strong p-4 text-sm">
      <h3 className="flex items-center gap-2 font-medium">
        <ShieldQuestion aria-hidden className="size-4 text-warn" />
        {t.clusters.certTitle}
      </h3>
      <p className="mt-1 text-pretty text-ink-2">{t.clusters.certText}</p>
      <dl className="mt-3 grid grid-cols-[6rem_minmax(0,1fr)] gap-x-3 gap-y-1">
        {facts.map(([label, value]) => (
          <div key={label} className="contents">
            <dt className="text-ink-3">{label}</dt>
            <dd className="break-words">{value}</dd>
          </div>
        ))}
      </dl>
      <p className="mt-3 text-ink-3">{t.clusters.certFingerprint}</p>
      <code className="mt-1 block rounded-md bg-sunken px-2 py-1.5 font-mono text-xs break-all">
        {certificate.fingerprint}
      </code>
      <Button
        className="mt-3"
        isBusy={edit.isPending}
        onClick={() =>
          edit.mutate(
            { cluster, fingerprint: certificate.fingerprint },
            { onSuccess: () => toast.done(t.clusters.trusted(cluster)), onError: toast.failed },
          )
        }
      >
        {t.clusters.trust}
      </Button>
    </section>
  );
}

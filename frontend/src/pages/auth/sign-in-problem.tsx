import { useQuery } from "@tanstack/react-query";
import { methodsQuery } from "@/data/sign-in";
import { t } from "@/texts";
import { Notice } from "@/ui";

interface SignInProblemProps {
  error: string | undefined;
  provider: string | undefined;
}

/** What went wrong on the way to a provider and back, by the code in the address. */
export function SignInProblem({ error, provider }: SignInProblemProps) {
  const methods = useQuery(methodsQuery);
  if (!error) return null;
  const known = methods.data?.providers.find((each) => each.name === provider);
  const sentence = t.auth.providerProblems[error] ?? t.auth.providerProblem;
  const isChoice = error === "sign_in_cancelled";
  return (
    <Notice tone={isChoice ? "info" : "bad"} className="mb-4">
      {sentence(known?.display_name ?? t.auth.theProvider)}
    </Notice>
  );
}

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { buildQuery, buildsKey } from "@/data/builds";
import { BuildSession } from "./session";

/** The stream of a build for as long as its page is open; the build itself is kept up to date with it. */
export function useBuildSession(id: string) {
  const client = useQueryClient();
  const [turn, setTurn] = useState(0);
  const open = () => {
    const key = buildQuery(id).queryKey;
    return new BuildSession(id, {
      onBuild: (build) => client.setQueryData(key, build),
      onNews: (change) => client.setQueryData(key, (old) => old && change(old)),
      onEnd: () => void client.invalidateQueries({ queryKey: buildsKey }),
    });
  };
  const [session, setSession] = useState(open);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another build, or again, is another session
  useEffect(() => {
    // Strict mode opens twice: a session that was closed is not opened again.
    const own = open();
    setSession(own);
    own.open();
    return () => own.close();
  }, [id, turn]);
  return { session, again: () => setTurn((old) => old + 1) };
}

/** Keeps an open resource true: the stream says that something happened, and what is shown is read again. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { openEventStream } from "@/api";
import { type ResourceDetail, resourceQuery, resourcesKey } from "@/data/resources";

const SETTLED = 700;

type Told = Pick<ResourceDetail, "status" | "health" | "reason" | "summary">;

export function useLiveResource(id: string): void {
  const client = useQueryClient();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const readAgain = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        for (const what of ["one", "pods"])
          void client.invalidateQueries({ queryKey: [...resourcesKey, what, id] });
      }, SETTLED);
    };
    const stream = openEventStream(`/resources/${encodeURIComponent(id)}/stream`, {
      onEvent: (event) => {
        if (event.type === "snapshot") return;
        if (event.type === "resource") {
          const told = event.data as Told;
          client.setQueryData(resourceQuery(id).queryKey, (old) => (old ? { ...old, ...told } : old));
        }
        readAgain();
      },
    });
    return () => {
      clearTimeout(timer);
      stream.close();
    };
  }, [client, id]);
}

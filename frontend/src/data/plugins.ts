/** What extends the product: read with what a cluster lacks for it, turned on and off. */
import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call, type Schemas } from "@/api";
import { t } from "@/texts";
import { toast } from "@/ui";

export type Plugin = Schemas["PluginOut"];
export type Requirement = Schemas["RequirementOut"];

const pluginsKey = ["plugins"] as const;
const AT_ONCE = 100;

/** All of them, as `cluster` would take them: they are few, and the page filters as one types. */
export function pluginsQuery(cluster: string | undefined) {
  return queryOptions({
    queryKey: [...pluginsKey, "list", cluster ?? ""],
    queryFn: async ({ signal }): Promise<Plugin[]> => {
      const found: Plugin[] = [];
      for (let page = 1; ; page += 1) {
        const query = { page: String(page), limit: String(AT_ONCE), ...(cluster ? { cluster } : {}) };
        const answer = await call(api.GET("/v1/api/plugins/", { params: { query }, signal }));
        found.push(...answer.plugins);
        if (answer.plugins.length < AT_ONCE) return found;
      }
    },
    placeholderData: keepPreviousData,
  });
}

export function pluginQuery(id: string, cluster: string | undefined) {
  return queryOptions({
    queryKey: [...pluginsKey, "one", id, cluster ?? ""],
    queryFn: ({ signal }) => {
      const query = cluster ? { cluster } : {};
      return call(api.GET("/v1/api/plugins/{id}/", { params: { path: { id }, query }, signal }));
    },
    placeholderData: keepPreviousData,
  });
}

interface Choice {
  plugin: Plugin;
  isOn: boolean;
  /** For everybody here, by administrators. */
  isForAll?: boolean;
}

export function useSwitchPlugin() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ plugin, isOn, isForAll = false }: Choice) => {
      const options = {
        params: { path: { id: plugin.id } },
        body: { scope: isForAll ? ("all" as const) : ("user" as const) },
      };
      return isOn
        ? call(api.POST("/v1/api/plugins/{id}/enable/", options))
        : call(api.POST("/v1/api/plugins/{id}/disable/", options));
    },
    onSuccess: (plugin, { isOn, isForAll = false }) => {
      toast.done(t.plugins.switched(plugin.display_name, isOn, isForAll));
      return Promise.all([
        client.invalidateQueries({ queryKey: pluginsKey }),
        // The palette and the gallery offer what is on.
        client.invalidateQueries({ queryKey: ["templates"] }),
        client.invalidateQueries({ queryKey: ["editor", "templates"] }),
      ]);
    },
    onError: toast.failed,
  });
}

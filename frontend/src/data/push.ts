/** Where a built image goes, as the server decides it (`resolve_image`): by its host, else to the named or default registry. Pure. */
import type { Registry } from "./registries";

export type PushPlace =
  | { kind: "registry"; registry: Registry; name: string }
  | { kind: "unknown"; registry: string }
  | { kind: "elsewhere"; host: string }
  | { kind: "nowhere" };

/** `wanted` is the name or id of a registry, or empty. Null while there is no image. */
export function pushPlace(image: string, wanted: string, registries: readonly Registry[]): PushPlace | null {
  const text = image.trim();
  if (text === "") return null;
  const named = registries.find((each) => each.id === wanted || each.name === wanted);
  if (wanted && !named) return { kind: "unknown", registry: wanted };
  const host = hostOf(text);
  if (host) {
    const registry = named ?? longest(text, registries);
    return registry?.host === host ? { kind: "registry", registry, name: text } : { kind: "elsewhere", host };
  }
  const registry = named ?? registries.find((each) => each.is_default);
  if (!registry) return { kind: "nowhere" };
  const { path } = registry;
  const isBelow = path === "" || text === path || text.startsWith(`${path}/`);
  return { kind: "registry", registry, name: `${registry.host}/${isBelow ? "" : `${path}/`}${text}` };
}

/** The first part, where it is one: with a dot or a port, or this machine. */
function hostOf(image: string): string {
  const [first = "", ...rest] = image.split("/");
  return rest.length > 0 && /[.:]|^localhost$/.test(first) ? first : "";
}

function longest(image: string, registries: readonly Registry[]): Registry | undefined {
  const fitting = registries.filter(({ host, path }) => image.startsWith(`${host}/${path && `${path}/`}`));
  return fitting.sort((one, other) => other.path.length - one.path.length)[0];
}

/** An object without the cluster's book-keeping of who set which field. Pure. */
export function withoutManaged(object: Record<string, unknown>): Record<string, unknown> {
  const metadata = object.metadata;
  if (typeof metadata !== "object" || metadata === null || !("managedFields" in metadata)) return object;
  const { managedFields: _, ...rest } = metadata as Record<string, unknown>;
  return { ...object, metadata: rest };
}

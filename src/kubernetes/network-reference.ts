/** A network that something names. */
export interface NamedNetwork {
  readonly name: string;
  /** @default - the namespace of who names it */
  readonly namespace?: string | undefined;
}

/** `NAMESPACE/NAME`, or the name alone. */
export function networkReference({ name, namespace }: NamedNetwork): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** The mirror of {@link networkReference}; undefined for a text that names no network. */
export function parseNetworkReference(text: string): NamedNetwork | undefined {
  const [, namespace, name] = /^(?:([^/\s]+)\/)?([^/\s]+)$/.exec(text) ?? [];
  if (name === undefined) return undefined;
  return namespace === undefined ? { name } : { name, namespace };
}

import type { CHAIN_SPECS, IPAM_SPECS, LINK_SPECS, ObjectSpec, ValueSpec } from '../../cni';

/** Keys that TypeScript asks for, by what holds them. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  'a port mapping': ['hostPort', 'containerPort'],
  'a provision of dhcp': ['option'],
  'a range of host-local': ['subnet'],
  'a range of whereabouts': ['range'],
  'a request of dhcp': ['option'],
  'a route': ['dst'],
  'an address of static': ['address'],
  'an attachment': ['name'],
  'ovn-k8s-cni-overlay': ['topology'],
  vrf: ['vrfname'],
};

/**
 * True for settings that the type of netloom's props takes: every key that it asks for is there, and
 * words are ones that it knows. Types of values are right already where settings were parsed.
 */
export function isTyped(spec: ObjectSpec, settings: object): boolean {
  const given = settings as Record<string, unknown>;
  const required = REQUIRED[spec.name] ?? [];
  return (
    required.every((prop) => given[prop] !== undefined) &&
    spec.keys.every(({ prop, value }) => given[prop] === undefined || isValue(value, given[prop]))
  );
}

function isValue(spec: ValueSpec, value: unknown): boolean {
  switch (spec.kind) {
    case 'text':
      return spec.words === undefined || spec.words.includes(value as string);
    case 'list':
      return (value as unknown[]).every((one) => isValue(spec.of, one));
    case 'object':
      return isTyped(spec.spec, value as object);
    default:
      return true;
  }
}

/** True for a plugin of this description whose settings are typed; raw ones are not. */
export function isTypedKind(
  specs: typeof LINK_SPECS | typeof IPAM_SPECS | typeof CHAIN_SPECS,
  part: { readonly kind: string; readonly settings?: object },
): boolean {
  const spec = (specs as Readonly<Record<string, ObjectSpec>>)[part.kind];
  return spec !== undefined && part.settings !== undefined && isTyped(spec, part.settings);
}

type Json = Record<string, unknown>;

const STACK = 'urn:pulumi:dev::netloom-demo';
const OF_NODE = 'netloom:index:HostBridge$';

/** A resource as the engine has it in a state, as far as its size depends on it. */
export interface StateEntry {
  /** e.g. `AddressClaim`. */
  readonly type: string;
  readonly id: string;
  readonly inputs: Json;
  readonly outputs: Json;
  /** URNs of what each input is made of. @default - nothing */
  readonly dependencies?: Readonly<Record<string, readonly string[]>>;
  /** Type and "$" of the component that holds it. @default - a HostBridge's */
  readonly parent?: string;
  /** @default camera-address */
  readonly name?: string;
}

/** A resource's entry in the state as Pulumi exports it, in bytes, without its source positions. */
export function stateBytes(entry: StateEntry): number {
  const { type, id, inputs, outputs, dependencies = {} } = entry;
  const { parent = OF_NODE, name = 'camera-address' } = entry;
  return JSON.stringify({
    urn: `${STACK}::${parent}pulumi-nodejs:dynamic/netloom:${type}::${name}`,
    custom: true,
    id,
    type: `pulumi-nodejs:dynamic/netloom:${type}`,
    inputs,
    outputs,
    parent: `${STACK}::pulumi:pulumi:Stack::netloom-demo-dev`,
    dependencies: [...new Set(Object.values(dependencies).flat())],
    provider: `${STACK}::pulumi:providers:pulumi-nodejs::default::b5b6273f-564d-4f9c-9c18-43ea48d00b35`,
    propertyDependencies: Object.fromEntries(
      Object.keys(inputs).map((key) => [key, dependencies[key] ?? []]),
    ),
    created: '2026-11-21T06:26:39.039043504Z',
    modified: '2026-11-21T06:26:39.039043504Z',
  }).length;
}

import type { AgentClient } from './client';
import type { NodeNetworkSpec, PutNodeNetwork } from './node-network';
import type { BridgeSpec, PutBridge } from './schemas';

/** What the owner keys of what comes from manifests begin with. */
export const MANIFEST_OWNERS = { HostBridge: 'HostBridge/', NodeNetwork: 'NodeNetwork/' } as const;

type ReadOnly<T> = {
  readonly [Key in keyof T]: T[Key] extends readonly (infer Item)[] | undefined
    ? readonly Item[] | undefined
    : T[Key];
};

/** A HostBridge object, its node selector left out. */
export interface BridgeObject {
  readonly name: string;
  readonly spec: ReadOnly<BridgeSpec> & { readonly bridge: string };
}

/** A NodeNetwork object, its node selector left out. */
export interface NetworkObject {
  readonly name: string;
  readonly spec: NodeNetworkSpec;
}

/** With the id of the bridge where it is there: applying the same again begins nothing new. */
export async function bridgeRequest(
  client: AgentClient,
  { name, spec }: BridgeObject,
): Promise<PutBridge> {
  const owner = `${MANIFEST_OWNERS.HostBridge}${name}`;
  const existing = await client.bridge(spec.bridge);
  const { addresses, ports, mtu, mac, stp, multicastSnooping, adopt, uplink } = spec;
  return {
    owner,
    ...(existing?.owner === owner && { id: existing.id }),
    spec: {
      ...(ports && { ports: [...ports] }),
      ...(addresses && { addresses: [...addresses] }),
      ...(mtu !== undefined && { mtu }),
      ...(mac !== undefined && { mac }),
      ...(stp !== undefined && { stp }),
      ...(multicastSnooping !== undefined && { multicastSnooping }),
      ...(adopt !== undefined && { adopt }),
      ...(uplink !== undefined && { uplink }),
    },
  };
}

/** The same for a node's network. */
export async function networkRequest(
  client: AgentClient,
  { name, spec }: NetworkObject,
): Promise<PutNodeNetwork> {
  const owner = `${MANIFEST_OWNERS.NodeNetwork}${name}`;
  const existing = await client.nodeNetwork(owner);
  return { owner, spec, ...(existing && { id: existing.id }) };
}

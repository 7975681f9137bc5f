import { Chart, type JsonPatch } from 'cdk8s';
import type { Construct } from 'constructs';
import type { LinkConfig, ListSettings } from '../cni';
import { NetloomError } from '../errors';
import type { NetworkDefinition, NodeSetting } from '../kubernetes';
import { groupObjectName, type NetworkGroups } from '../rules';
import { NetworkPart } from './network-part';
import type { NetworkProps } from './network-props';

/** The network that the props of a construct mean. */
export function networkOfProps(
  scope: Construct,
  id: string,
  props: NetworkProps,
  link: LinkConfig,
  more: Partial<NetworkDefinition> | undefined,
): NetworkDefinition {
  return {
    name: props.name ?? id,
    namespace: props.namespace ?? Chart.of(scope).namespace,
    link,
    ipam: props.ipam ? configOf('ipam', props.ipam, 'Ipam') : { kind: 'none' },
    chain: props.chain?.map((chain, index) => configOf(`chain[${index}]`, chain, 'Chain')),
    cniVersion: props.cniVersion,
    configName: props.configName,
    list: listSettings(props),
    resourceName: props.resourceName,
    ...more,
  };
}

/** Plain objects, as the provider takes them, would otherwise be none, without a word in JavaScript. */
function configOf<T>(key: string, part: { readonly _config: T }, owner: 'Ipam' | 'Chain'): T {
  const { _config } = part;
  if (_config !== undefined) return _config;
  const { type } = part as { type?: unknown };
  const named =
    typeof type === 'string' ? type.replace(/-./g, (two) => two.slice(1).toUpperCase()) : '';
  throw new NetloomError({
    code: 'NL_TYPE_WRONG',
    key,
    found: `${JSON.stringify(part)} is a plain object`,
    allowed: `what the functions of ${owner} give`,
    fix: `${owner}.${named || 'raw'}({ ... })`,
  });
}

function listSettings(props: NetworkProps): ListSettings | undefined {
  const { cniVersions, disableCheck, disableGC } = props;
  const isSet = (cniVersions ?? disableCheck ?? disableGC) !== undefined;
  return isSet ? { cniVersions, disableCheck, disableGC } : undefined;
}

/** Its NetworkAttachmentDefinitions: one, or one for each group of nodes. */
export function partsOf(
  network: NetworkDefinition,
  groups: NetworkGroups | undefined,
  patches: readonly JsonPatch[],
  nodes: () => NodeSetting,
): NetworkPart[] {
  if (!groups || groups.groups.length === 0) return [new NetworkPart(network, patches, nodes)];
  return groups.groups.map(({ name, link }) => {
    const own = { ...network, name: groupObjectName(network.name, name), link };
    return new NetworkPart(own, patches, nodes, name);
  });
}

import {
  type BridgeSettings,
  compareReleases,
  DEFAULT_VLAN_SINCE,
  type IpamConfig,
  isGatewayBridge,
  isTagged,
  type VlanTrunk,
} from '../cni';
import type { Problem } from '../errors';
import type { NetworkDefinition } from '../kubernetes';
import { checkIfname, IFNAME_BYTES } from './names';
import type { NetworkOptions } from './options';
import { ignored } from './unknown-keys';

/** What the bridge plugin refuses or ignores beside its keys' own types and limits. */
export function checkBridge(
  settings: BridgeSettings,
  network: NetworkDefinition,
  { targetVersions }: NetworkOptions,
): Problem[] {
  const { ipam, verbatim = false } = network;
  return [
    ...(settings.vlanTrunk ?? []).flatMap((trunk, index) =>
      checkTrunk(`vlanTrunk[${index}]`, trunk),
    ),
    ...checkConflicts(settings, ipam),
    ...checkWithoutIpam(settings, ipam),
    ...(isGatewayBridge(settings) && ipam.kind !== 'none' ? checkVlanGateway(settings) : []),
    ...checkDefaultVlan(settings, verbatim, targetVersions?.plugins),
  ];
}

function checkConflicts(settings: BridgeSettings, ipam: IpamConfig): Problem[] {
  const problems: Problem[] = [];
  if (settings.hairpinMode && settings.promiscMode) {
    problems.push({
      code: 'NL_VALUES_CONFLICT',
      key: 'promiscMode',
      found: 'promiscMode and hairpinMode are both true',
      allowed: 'one of them',
      fix: 'leave one of them out',
    });
  }
  if (settings.disableContainerInterface && ipam.kind !== 'none') {
    problems.push({
      code: 'NL_VALUES_CONFLICT',
      key: 'disableContainerInterface',
      found: 'the interface is to stay down, and an IPAM is set',
      allowed: 'disableContainerInterface without IPAM',
      fix: 'set ipam: Ipam.none(), or leave disableContainerInterface out',
    });
  }
  return problems;
}

/** The plugin refuses half a span, and one that runs backwards. */
function checkTrunk(key: string, { id, minID, maxID }: VlanTrunk): Problem[] {
  const ends = [minID, maxID].filter((end) => end !== undefined);
  if (ends.length === 0 && id !== undefined) return [];
  if (minID !== undefined && maxID !== undefined && minID <= maxID) return [];
  return [
    {
      code: 'NL_VALUES_CONFLICT',
      key,
      found:
        ends.length === 2
          ? `minID ${minID} is greater than maxID ${maxID}`
          : ends.length === 1
            ? `only ${minID === undefined ? 'maxID' : 'minID'} is set`
            : 'neither id nor minID and maxID are set',
      allowed: 'id, or minID and a maxID that is not smaller',
      fix: ends.length === 2 ? 'swap minID and maxID?' : 'set both, or id alone',
    },
  ];
}

const NEEDS_IPAM = [
  'isGateway',
  'isDefaultGateway',
  'forceAddress',
  'ipMasq',
  'enabledad',
] as const;

/** Without addresses there is nothing to route, to masquerade or to look for twice. */
function checkWithoutIpam(settings: BridgeSettings, ipam: IpamConfig): Problem[] {
  const problems: Problem[] = [];
  if (ipam.kind === 'none') {
    for (const prop of NEEDS_IPAM) {
      if (settings[prop]) problems.push(ignored(prop, `${prop} does nothing without an IPAM`));
    }
    return problems;
  }
  if (settings.forceAddress && !isGatewayBridge(settings)) {
    problems.push(ignored('forceAddress', 'forceAddress does nothing without isGateway'));
  }
  if (settings.ipMasqBackend !== undefined && !settings.ipMasq) {
    problems.push(ignored('ipMasqBackend', 'ipMasqBackend does nothing without ipMasq'));
  }
  return problems;
}

/** The gateway of a VLAN is on an interface that is named after bridge and VLAN. */
function checkVlanGateway({ bridge = 'cni0', vlan = 0 }: BridgeSettings): Problem[] {
  const name = `${bridge}.${vlan}`;
  const bytes = Buffer.byteLength(name);
  if (vlan === 0 || bytes <= IFNAME_BYTES || checkIfname('bridge', bridge).length > 0) return [];
  return [
    {
      code: 'NL_IFNAME_TOO_LONG',
      key: 'bridge',
      found: `the gateway of VLAN ${vlan} gets an interface of its own, and its name "${name}" is ${bytes} bytes long`,
      allowed: `1 to ${IFNAME_BYTES} bytes (IFNAMSIZ - 1) for bridge, dot and VLAN together`,
      fix: `choose a name for the bridge of at most ${IFNAME_BYTES - 1 - String(vlan).length} bytes`,
    },
  ];
}

/** The default changed between releases, and the first ones keep VLAN 1 whatever is written. */
function checkDefaultVlan(
  settings: BridgeSettings,
  verbatim: boolean,
  plugins: string | undefined,
): Problem[] {
  if (!isTagged(settings) || settings.preserveDefaultVlan !== undefined) return [];
  if (plugins !== undefined) return checkOldVlan(settings, plugins);
  if (!verbatim) return [];
  return [
    {
      code: 'NL_DEFAULT_DIFFERS',
      key: settings.vlanTrunk === undefined ? 'vlan' : 'vlanTrunk',
      found:
        'preserveDefaultVlan is not set: plugins up to 1.7 keep VLAN 1 on the port then, later ones take it away',
      allowed: 'preserveDefaultVlan written out beside vlan or vlanTrunk',
      fix: 'preserveDefaultVlan: false?',
    },
  ];
}

/** A trunk is told of as a key that the nodes don't know. */
function checkOldVlan({ vlan = 0 }: BridgeSettings, plugins: string): Problem[] {
  if (vlan === 0 || compareReleases(plugins, DEFAULT_VLAN_SINCE) >= 0) return [];
  return [
    {
      code: 'NL_DEFAULT_DIFFERS',
      key: 'vlan',
      found: `CNI plugins ${plugins} keep VLAN 1 on the port beside VLAN ${vlan}, and have no preserveDefaultVlan to take it away (it came with ${DEFAULT_VLAN_SINCE})`,
      allowed: `VLANs with CNI plugins ${DEFAULT_VLAN_SINCE} or newer, or on a bridge where VLAN 1 leads nowhere`,
      fix: `install CNI plugins ${DEFAULT_VLAN_SINCE}`,
    },
  ];
}

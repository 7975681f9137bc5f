import type { Problem } from '../errors';
import { InterfaceAddress, IpAddress } from '../ipam';
import {
  gatewayAddresses,
  kubeOvnProvider,
  networkReference,
  readKubeOvnAnnotations,
} from '../kubernetes';
import { annotationKey } from './annotations';
import type { AttachmentIntent } from './attachments';
import { declares } from './capabilities';
import { placeOf } from './claims';
import { safely } from './safely';
import { labelOf, segmentOf } from './segments';
import { hasSeveralPods, nodesOf } from './workloads';
import { findingsOf, type PodsDefinition, type World, type WorldRule } from './world';

/** An address that the pods of one object have for sure. */
interface FixedAddress {
  readonly key: string;
  /** As it is written. */
  readonly text: string;
  readonly address: IpAddress;
  /** Segment and address. */
  readonly place: string;
  /** What the address is on, in words. */
  readonly where: string;
}

/** Addresses that are written down for more than one: pods, the host, a gateway, a claim. */
export const checkFixedAddresses: WorldRule = (world) => {
  const held = heldByOthers(world);
  const owners = new Map<string, PodsDefinition>();
  return world.pods.flatMap((pods) => {
    // Nearly always the IPAM chooses.
    if (pods.attachments.every(isChosen)) return [];
    const isMany = hasSeveralPods(pods.workload, nodesOf(world));
    return fixedAddresses(pods).flatMap((fixed) => {
      const owner = owners.get(fixed.place);
      if (!owner) owners.set(fixed.place, pods);
      const other = held.get(fixed.place) ?? (owner && otherOwner(owner, pods));
      if (other !== undefined) return findingsOf(pods, [taken(fixed, other)]);
      return isMany && !owner ? findingsOf(pods, [forMany(fixed, pods)]) : [];
    });
  });
};

/** Undefined for an object that stands among the others twice. */
function otherOwner(owner: PodsDefinition, pods: PodsDefinition): string | undefined {
  if (owner === pods) return 'another attachment of this pod';
  const [first, second] = [owner, pods].map(
    (one) => `${one.workload.kind ?? 'Pod'} "${labelOf(one)}"`,
  );
  return first === second ? undefined : first;
}

function heldByOthers({ bridges, networks, claims = [] }: World): Map<string, string> {
  const held = new Map<string, string>();
  for (const { bridge, addresses = [] } of bridges) {
    for (const text of addresses) {
      const address = InterfaceAddress.tryParse(text)?.address;
      if (address) held.set(`bridge "${bridge}" ${address}`, `HostBridge "${bridge}"`);
    }
  }
  for (const network of networks) {
    for (const text of safely(() => gatewayAddresses(network)) ?? []) {
      const { address } = InterfaceAddress.parse(text);
      held.set(placeOf(network, address), `the gateway of network "${labelOf(network)}"`);
    }
  }
  for (const { network, addresses = [], name } of claims) {
    for (const text of addresses) {
      const address = IpAddress.tryParse(text);
      if (address) held.set(placeOf(network, address), `claim "${name}"`);
    }
  }
  return held;
}

/** True where nothing is asked for, of a network that says nothing by itself. */
function isChosen({ attachment, network }: AttachmentIntent): boolean {
  if (attachment.ips || !network || network.ipam.kind === 'static') return false;
  return kubeOvnProvider(network) === undefined;
}

function fixedAddresses(pods: PodsDefinition): FixedAddress[] {
  return [
    ...pods.attachments.flatMap((intent, index) =>
      intent.claim ? [] : askedAddresses(intent, index, pods.namespace),
    ),
    ...kubeOvnAddresses(pods),
  ];
}

/** What the pod asks for, and what a static network gives to each of its pods. */
function askedAddresses(
  { attachment, network }: AttachmentIntent,
  index: number,
  home: string | undefined,
): FixedAddress[] {
  const { ips = [], name, namespace = home } = attachment;
  const asked = ips.map((text, inner) => ({ key: `attachments[${index}].ips[${inner}]`, text }));
  const where = network ? segmentOf(network) : `network "${networkReference({ name, namespace })}"`;
  // Where no link layer is shared, two may well have one address.
  if (where === undefined) return [];
  const isReplaced = ips.length > 0 && network !== undefined && declares(network, 'ips');
  const own =
    network?.ipam.kind === 'static' && !isReplaced
      ? (network.ipam.settings.addresses ?? []).map(({ address }) => ({
          key: `attachments[${index}]`,
          text: address,
        }))
      : [];
  return [...asked, ...own].flatMap(({ key, text }) => {
    const address = InterfaceAddress.tryParse(text)?.address ?? IpAddress.tryParse(text);
    return address ? [{ key, text, address, where, place: `${where} ${address}` }] : [];
  });
}

/** Addresses that annotations ask of Kube-OVN: one book for all pods of a provider. */
function kubeOvnAddresses({ attachments, annotations }: PodsDefinition): FixedAddress[] {
  const networks = attachments.flatMap(({ network }) =>
    network && kubeOvnProvider(network) !== undefined ? [network] : [],
  );
  if (networks.length === 0) return [];
  return readKubeOvnAnnotations(annotations, networks).flatMap(({ network, settings, keys }) => {
    const where = `network "${labelOf(network)}"`;
    const name = keys.find((key) => /\/ip_address(\.|$)/.test(key));
    const texts = settings.ipAddress?.split(',') ?? [];
    return texts.flatMap((text) => {
      const address = IpAddress.tryParse(text);
      if (!address || name === undefined) return [];
      return [{ key: annotationKey(name), text, address, where, place: `${where} ${address}` }];
    });
  });
}

function taken({ key, text, where }: FixedAddress, other: string): Problem {
  return {
    code: 'NL_ADDRESS_NOT_FREE',
    key,
    found: `"${text}" on ${where} is what ${other} has already`,
    allowed: 'an address that nobody else on the same network has',
    fix: 'choose another address',
  };
}

function forMany({ key, text, where }: FixedAddress, { workload }: PodsDefinition): Problem {
  const many =
    workload.kind === 'DaemonSet' ? 'a pod on each node' : `${workload.spec?.replicas} pods`;
  return {
    code: 'NL_ADDRESS_NOT_FREE',
    key,
    found: `"${text}" on ${where} is for every pod of this ${workload.kind}, which has ${many}`,
    allowed: 'a written down address for a workload of one pod',
    fix: 'leave it to the IPAM, or set replicas: 1',
  };
}

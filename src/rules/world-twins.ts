import { runtimeSet } from '../cni';
import type { Problem } from '../errors';
import { InterfaceAddress, type IpRangeSet } from '../ipam';
import { type Attachment, CLAIMED_SUFFIX, hasTwin, type NetworkDefinition } from '../kubernetes';
import { indexOf } from './network-index';
import { safely } from './safely';
import { labelOf } from './segments';
import { findingsOf, type PodsDefinition, type World, type WorldRule } from './world';

/** Attachments to a network's twin that no claim stands behind: nobody keeps book of their addresses. */
export const checkTwins: WorldRule = (world) => {
  return world.pods.flatMap((pods) =>
    pods.attachments.flatMap(({ attachment, claim }, position) => {
      if (claim || !attachment.name.endsWith(CLAIMED_SUFFIX)) return [];
      const network = ownerOf(attachment, pods, world);
      if (!network || !isByHand(attachment, network)) return [];
      return findingsOf(pods, [handWritten(`attachments[${position}]`, attachment, network)]);
    }),
  );
};

function ownerOf(
  { name, namespace }: Attachment,
  pods: PodsDefinition,
  world: World,
): NetworkDefinition | undefined {
  const owner = { name: name.slice(0, -CLAIMED_SUFFIX.length), namespace };
  const found = indexOf(world).find(owner, pods.namespace);
  return found.state === 'found' ? found.network : undefined;
}

/**
 * Certain in a program, where claims are known. A manifest does not tell where its addresses come
 * from: those that the network gives to others come from no claim, and neither does none at all.
 */
function isByHand({ ips = [] }: Attachment, network: NetworkDefinition): boolean {
  if (hasTwin(network) || ips.length === 0) return true;
  const { ipam } = network;
  const given: IpRangeSet | undefined =
    ipam.kind === 'host-local' ? safely(() => runtimeSet(ipam.settings)) : undefined;
  return ips.some((text) => {
    const address = InterfaceAddress.tryParse(text)?.address;
    return address !== undefined && given?.contains(address) === true;
  });
}

function handWritten(key: string, { name }: Attachment, network: NetworkDefinition): Problem {
  return {
    code: 'NL_CLAIMED_REFERENCE',
    key,
    found: `"${name}" is the twin of network "${labelOf(network)}" for claimed addresses, and no claim stands behind this attachment`,
    allowed:
      'the twin by way of a claim only: it takes any address, and somebody has to know whose it is',
    fix: `claim an address, or attach to "${network.name}"`,
  };
}

import type { Problem } from '../errors';
import { interfaceNames, type NetworkDefinition } from '../kubernetes';
import type { AttachmentIntent } from './attachments';

/** What a pod has before its first attachment. */
const OWN = ['lo', 'eth0'];

/** Masters that are looked for in the pod (`linkInContainer`), where nothing has made them yet. */
export function checkInnerMasters(intents: readonly AttachmentIntent[]): Problem[] {
  if (!intents.some(({ network }) => innerMaster(network))) return [];
  const names = interfaceNames(intents.map(({ attachment }) => attachment));
  return intents.flatMap(({ network }, index): Problem[] => {
    const master = innerMaster(network);
    const before = intents.slice(0, index);
    if (!network || !master || before.some((one) => makesMore(one))) return [];
    const there = [...OWN, ...names.slice(0, index), ...before.flatMap(vrfNames)];
    if (there.includes(master)) return [];
    const later = names.indexOf(master);
    return [
      {
        code: 'NL_VALUES_CONFLICT',
        key: `attachments[${index}]`,
        found: `network "${network.name}" looks for its master "${master}" in the pod (linkInContainer), and ${later < 0 ? 'nothing makes it there' : `attachments[${later}] makes it only after that`}`,
        allowed: `an interface that the pod has by then: ${there.slice(1).join(', ')}`,
        fix:
          later < 0 ? 'correct the master, or leave linkInContainer out' : 'attach that one first',
      },
    ];
  });
}

function innerMaster(network: NetworkDefinition | undefined): string | undefined {
  const link = network?.link;
  if (link?.kind !== 'macvlan' && link?.kind !== 'ipvlan' && link?.kind !== 'vlan')
    return undefined;
  return link.settings.linkInContainer === true ? link.settings.master : undefined;
}

/** Nobody knows what a network makes that is not among the objects, or a plugin that is unknown. */
function makesMore({ network }: AttachmentIntent): boolean {
  return !network || [network.link, ...(network.chain ?? [])].some(({ kind }) => kind === 'raw');
}

function vrfNames({ network }: AttachmentIntent): string[] {
  return (network?.chain ?? []).flatMap((one) =>
    one.kind === 'vrf' ? [one.settings.vrfname] : [],
  );
}

import type { Problem } from 'netloom';
import type { NodeNetworkView } from 'netloom/agent-api';
import type { NetworkRecord } from '../store';
import { type HostStep, stepView } from './host-step';
import { claimedAddresses } from './network-claims';

/** An owner's network as the API shows it. */
export function networkView(
  node: string,
  record: NetworkRecord,
  steps: readonly HostStep[],
  health: NonNullable<NodeNetworkView['health']>,
): NodeNetworkView {
  const { owner, incarnation, spec, resolved, claims } = record;
  return {
    id: `${node}#${incarnation}`,
    owner,
    spec,
    resolved: { ...resolved },
    claimed: claimedAddresses(claims),
    steps: steps.map(stepView),
    ...(health.length > 0 && { health }),
  };
}

/** Somebody with another credential asks for an owner's network. */
export function notYours({ owner, identity }: NetworkRecord): Problem {
  return {
    code: 'NL_LINK_OWNED',
    key: 'owner',
    found: `the network of ${owner} belongs to identity "${identity}"`,
    allowed: 'a network of your own',
    fix: 'use another owner, or the credential that it was made with',
  };
}

export function neverRight(left: readonly HostStep[]): Problem {
  return {
    code: 'NL_HOST_COMMAND',
    key: 'ip',
    found: `the host is not as wanted although every command was carried out; still to do: ${left.map((step) => step.words).join(', ')}`,
    allowed: 'a host on which nothing else changes these links at the same time',
    fix: 'see what else manages networks there, such as NetworkManager or systemd-networkd',
  };
}

import type { LinkConfig } from '../cni';
import type { Problem } from '../errors';
import type { NetworkDefinition } from '../kubernetes';
import { labelOf } from './segments';
import { findingsOf, type World, type WorldFinding, type WorldRule } from './world';

type Parented = Extract<LinkConfig, { readonly kind: 'macvlan' | 'ipvlan' }>;

/** Networks that want one interface of the host for themselves, each in its own way. */
export const checkMasters: WorldRule = (world) => [
  ...checkShared(world),
  ...checkPassthru(world),
  ...checkPassthruPods(world),
];

/** The interface of the host; undefined for a link that has none, and for one inside of the pod. */
function parentOf({ link }: NetworkDefinition): string | undefined {
  if (link.kind !== 'macvlan' && link.kind !== 'ipvlan') return undefined;
  return link.settings.linkInContainer === true ? undefined : (link.settings.master ?? '');
}

const quoted = (parent: string): string =>
  parent === '' ? "the nodes' default interface" : `"${parent}"`;

/** The kernel has room for one receiver of an interface's frames: macvlan, ipvlan, or a bridge. */
function checkShared({ networks, bridges }: World): WorldFinding[] {
  const receivers = new Map<string, { kind: string; by: string }>();
  for (const { bridge, ports, nodeSelector } of bridges) {
    // With a selector it may be on other nodes than the networks.
    if (nodeSelector && Object.keys(nodeSelector).length > 0) continue;
    for (const port of ports ?? [])
      receivers.set(port, { kind: 'bridge', by: `HostBridge "${bridge}"` });
  }
  return networks.flatMap((network) => {
    const parent = parentOf(network);
    if (parent === undefined) return [];
    const { kind } = network.link;
    const before = receivers.get(parent);
    if (!before) receivers.set(parent, { kind, by: `network "${labelOf(network)}" (${kind})` });
    if (!before || before.kind === kind) return [];
    const problem = before.kind === 'bridge' ? portProblem : sharedProblem;
    return findingsOf(network, [problem(parent, kind, before.by)]);
  });
}

function sharedProblem(parent: string, kind: string, by: string): Problem {
  return {
    code: 'NL_MASTER_SHARED',
    key: 'master',
    found: `${quoted(parent)} is used by ${by} already, and an interface can't carry ${kind} beside it (device or resource busy)`,
    allowed: 'one kind of interface on a master: macvlan or ipvlan',
    fix: 'use the same plugin for both, or another master, such as a VLAN on it',
  };
}

/** The bridge may be wanted on other nodes than the pods run on: nobody here can tell. */
function portProblem(parent: string, kind: string, by: string): Problem {
  return {
    code: 'NL_MASTER_IS_PORT',
    key: 'master',
    found: `${quoted(parent)} is a port of ${by}, and on a node that has this bridge it can't carry ${kind} (device or resource busy)`,
    allowed: 'an interface that is no port of a bridge on the same node',
    fix: 'use another master, or the bridge itself; or give the HostBridge a nodeSelector',
  };
}

function isPassthru({ link }: NetworkDefinition): boolean {
  return link.kind === 'macvlan' && link.settings.mode === 'passthru';
}

/** With passthru, a parent has one macvlan interface and no other. */
function checkPassthru({ networks }: World): WorldFinding[] {
  const seen = new Map<string, { first: NetworkDefinition; passthru?: NetworkDefinition }>();
  return networks.flatMap((network) => {
    const parent = network.link.kind === 'macvlan' ? parentOf(network) : undefined;
    if (parent === undefined) return [];
    const before = seen.get(parent);
    if (!before) {
      seen.set(parent, { first: network, ...(isPassthru(network) && { passthru: network }) });
      return [];
    }
    const rival = isPassthru(network) ? before.first : before.passthru;
    if (isPassthru(network)) before.passthru ??= network;
    return rival ? findingsOf(network, [passthruProblem(parent, rival)]) : [];
  });
}

function passthruProblem(parent: string, rival: NetworkDefinition): Problem {
  const mode = (rival.link as Parented).settings.mode ?? 'bridge';
  return {
    code: 'NL_PASSTHRU_TWICE',
    key: 'mode',
    found: `${quoted(parent)} carries network "${labelOf(rival)}" (${mode}) too, and with passthru one macvlan interface takes it over`,
    allowed: 'one network on a master with passthru, and one pod of it on a node',
    fix: 'use mode bridge, or another master',
  };
}

/** The same, where one pod alone asks for two. */
function checkPassthruPods({ pods }: World): WorldFinding[] {
  return pods.flatMap((definition) => {
    const { attachments } = definition;
    return attachments.flatMap(({ network }, index) => {
      if (!network || !isPassthru(network)) return [];
      const before = attachments.findIndex((other) => other.network === network);
      if (before === index) return [];
      return findingsOf(definition, [
        {
          code: 'NL_PASSTHRU_TWICE',
          key: `attachments[${index}]`,
          found: `network "${labelOf(network)}" is attached by attachments[${before}] already, and with passthru one interface takes its master over`,
          allowed: 'one attachment to a network with passthru',
          fix: 'leave one of them out, or use mode bridge',
        },
      ]);
    });
  });
}

import type { Problem } from 'netloom';
import type { BridgeSpec } from 'netloom/agent-api';
import { matches } from '../globs';

/** What may be done on this node at all. It stands in the node's own file; no request widens it. */
export interface HostPolicy {
  /** Names of bridges that may be made or adopted; `*` stands for any characters. */
  readonly bridges: readonly string[];
  /** Names of interfaces that may become ports; `*` stands for any characters. */
  readonly ports: readonly string[];
  /** Whether bridges that somebody else made may be taken over, and ports from other bridges. */
  readonly adopt: 'yes' | 'no';
  /**
   * Whether the interface that carries the node's own traffic may become a port: `confirm` for under a
   * watchdog, which takes it back when nobody confirms. @default never
   */
  readonly uplink?: 'never' | 'confirm' | undefined;
}

/** Where the node's file says nothing. */
export const DEFAULT_POLICY: HostPolicy = {
  bridges: ['*'],
  ports: ['*'],
  adopt: 'no',
  uplink: 'never',
};

/** What the node's policy has against a bridge; empty when nothing. */
export function checkPolicy(policy: HostPolicy, name: string, spec: BridgeSpec): Problem[] {
  const problems: Problem[] = [];
  if (!policyAllows(policy.bridges, name)) {
    problems.push(notAllowed('name', `no bridge "${name}"`, 'bridges', policy.bridges));
  }
  (spec.ports ?? []).forEach((port, index) => {
    if (policyAllows(policy.ports, port)) return;
    problems.push(notAllowed(`spec.ports[${index}]`, `no port "${port}"`, 'ports', policy.ports));
  });
  if (spec.adopt === true && policy.adopt === 'no') problems.push(noAdoption('spec.adopt'));
  if (spec.uplink === true && policy.uplink !== 'confirm') problems.push(noUplink('spec.uplink'));
  return problems;
}

/** Whether a name is among those that the policy allows. */
export function policyAllows(globs: readonly string[], name: string): boolean {
  return globs.some((glob) => matches(glob, name));
}

function notAllowed(key: string, what: string, list: string, globs: readonly string[]): Problem {
  return {
    code: 'NL_HOST_POLICY',
    key,
    found: `the policy of this node allows ${what}`,
    allowed: globs.length === 0 ? 'none' : `names that match ${globs.join(', ')}`,
    fix: `choose another name, or have the node's administrator widen host.policy.${list} in agent.yaml`,
  };
}

/** The node lets nobody touch the interface of its own traffic. */
export function noUplink(key: string): Problem {
  return {
    code: 'NL_HOST_POLICY',
    key,
    found: "the policy of this node allows nobody to touch the interface of the node's own traffic",
    allowed: 'uplink: false, or none',
    fix: "leave it out, or have the node's administrator set host.policy.uplink: confirm in agent.yaml",
  };
}

/** The node lets nobody take over what others made. */
export function noAdoption(key: string): Problem {
  return {
    code: 'NL_HOST_POLICY',
    key,
    found: 'the policy of this node allows no adoption of what others made',
    allowed: 'adopt: false, or none',
    fix: "leave it out, or have the node's administrator set host.policy.adopt: yes in agent.yaml",
  };
}

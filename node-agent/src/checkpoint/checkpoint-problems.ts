import type { Problem } from 'netloom';

/** How to get a watchdog. */
const START_IT =
  'start it: systemctl start netloom-watchdog (netloom-agent units prints the file), or netloom-agent watchdog --config agent.yaml; in a pod it is a container of its own';

/** A change that must not be made without a watchdog. */
export function watchdogMissing(why: string, absence: string): Problem {
  return {
    code: 'NL_WATCHDOG_MISSING',
    key: 'watchdog',
    found: `the watchdog of this node is not there (${absence}): ${why}`,
    allowed: 'a watchdog that runs beside the agent, in the same network namespace',
    fix: START_IT,
  };
}

/** Another change waits for its confirmation. */
export function stillOpen(open: { subject: string; secondsLeft: number }): Problem {
  return {
    code: 'NL_CHECKPOINT_OPEN',
    key: 'checkpoint',
    found: `the change of ${open.subject} before this one is not confirmed yet; it is taken back in ${Math.ceil(open.secondsLeft)} s`,
    allowed: 'one change of the host at a time',
    fix: 'try again when that one is settled',
  };
}

/** A confirmation of something that is not open. */
export function lateConfirmation(id: string): Problem {
  return {
    code: 'NL_CHECKPOINT_GONE',
    key: 'checkpoint',
    found: `no change ${id} waits for a confirmation: the time was over, and the host is as it was before`,
    allowed: 'a confirmation in time',
    fix: 'see why the node was not reachable in time (a wrong port, address or VLAN?), then make the change again',
  };
}

/** A change after which something can't be reached any more. */
export function notReachable(subject: string, broken: readonly string[]): Problem {
  return {
    code: 'NL_HOST_UNREACHABLE',
    key: 'spec',
    found: `after the change of ${subject} the node did not reach any more: ${broken.join(', ')}; the host is as it was before`,
    allowed: 'a change after which all is reachable that was before',
    fix: 'see whether ports, addresses, VLAN and MTU fit the network that the node is on',
  };
}

import type { Problem } from '../errors';
import { IpAddress } from '../ipam';

/** A target, and how it is asked. */
export interface ReachDefinition {
  /** `ping`, `tcp` or `http`. */
  readonly kind: string;
  /** An address, or a name of DNS. */
  readonly target: string;
  /** Needed for tcp. @default - 80 for http */
  readonly port?: number | undefined;
  /** Of http. @default / */
  readonly path?: string | undefined;
  /** The status that http has to answer. @default - any from 200 to 399 */
  readonly status?: number | undefined;
}

/** What came of asking. */
export interface ReachOutcome {
  readonly result: string;
  readonly address?: string | undefined;
  readonly status?: number | undefined;
  readonly detail?: string | undefined;
}

const KINDS = ['ping', 'tcp', 'http'];
const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/i;

/** What is wrong with a target, before anybody is asked. */
export function checkReach({ kind, target, port, path, status }: ReachDefinition): Problem[] {
  const problems: Problem[] = [];
  const wrong = (key: string, found: string, allowed: string, fix: string): void => {
    problems.push({ code: 'NL_VALUE_OUT_OF_RANGE', key, found, allowed, fix });
  };
  if (!KINDS.includes(kind)) {
    wrong('kind', `${JSON.stringify(kind)} is not known`, `one of ${KINDS.join(', ')}`, 'ping?');
  }
  if (!isTarget(target)) {
    const found = `${JSON.stringify(target)} is neither an address nor a name`;
    wrong(
      'target',
      found,
      'an address such as 10.0.0.5, or a name of DNS',
      'leave port, path and scheme out',
    );
  }
  if (kind === 'tcp' && port === undefined) {
    wrong(
      'port',
      'tcp has no port',
      'an integer from 1 to 65535',
      'say the port that is listened on',
    );
  }
  if (kind === 'ping' && port !== undefined) {
    wrong('port', `ping has the port ${port}`, 'none for ping', 'leave it out, or use tcp');
  }
  if (port !== undefined && !isWithin(port, 1, 65535)) {
    wrong('port', `${port} is no port`, 'an integer from 1 to 65535', 'correct it');
  }
  for (const [key, value] of Object.entries({ path, status })) {
    if (value === undefined || kind === 'http') continue;
    wrong(
      key,
      `${kind} has ${JSON.stringify(value)}`,
      'only http has one',
      'leave it out, or use http',
    );
  }
  if (path !== undefined && !/^\/[\x21-\x7e]{0,511}$/.test(path)) {
    const allowed = '"/" and what follows, up to 512 of printable ASCII without blanks';
    wrong('path', `${JSON.stringify(path)} is no path`, allowed, 'encode it, as %20 for a blank');
  }
  if (status !== undefined && !isWithin(status, 100, 599)) {
    wrong('status', `${status} is no status of HTTP`, 'an integer from 100 to 599', '200?');
  }
  return problems;
}

/** The port that is asked; undefined for a ping. */
export function reachPort({ kind, port }: ReachDefinition): number | undefined {
  return port ?? (kind === 'http' ? 80 : undefined);
}

/**
 * Why a target was not reached, in words.
 *
 * @param from who asked: `agent "edge-1"`, `pod apps/web`
 */
export function notReached(from: string, asked: ReachDefinition, outcome: ReachOutcome): Problem {
  const { found, fix } = words(asked, outcome);
  const allowed =
    asked.kind === 'http'
      ? `an answer of HTTP with the status ${asked.status ?? 'from 200 to 399'}`
      : `an answer to ${asked.kind === 'ping' ? 'a ping' : 'a TCP connection'}`;
  return { code: 'NL_TARGET_UNREACHED', key: 'target', found: `${from}: ${found}`, allowed, fix };
}

function words(
  asked: ReachDefinition,
  { result, address = asked.target, status, detail }: ReachOutcome,
): { found: string; fix: string } {
  const port = reachPort(asked);
  const place = port === undefined ? address : `${address} port ${port}`;
  const at = asked.target === address ? place : `${asked.target} (${place})`;
  switch (result) {
    case 'no-address':
      return {
        found: `the name ${asked.target} has no address there`,
        fix: 'see that its DNS knows the name, or give the address',
      };
    case 'no-route':
      return {
        found: `there is no route to ${at}`,
        fix: 'see that an interface there is up and has an address of that network, or add a route',
      };
    case 'no-neighbour':
      return {
        found: `nobody answers for the address of ${at}, on its own network or behind the last router`,
        fix: 'see that the target is up, on the same VLAN, and that ports and switches let its frames pass',
      };
    case 'refused':
      return {
        found: `${at} is there and refuses the connection`,
        fix: 'see that something listens on that address and port, and that no firewall rejects it',
      };
    case 'timeout':
      return {
        found: `no answer from ${at}`,
        fix: 'see that no firewall drops it on the way, and that the target has a route back',
      };
    case 'no-http':
      return {
        found: `${at} takes the connection and gives no answer of HTTP`,
        fix: 'see that the port is that of HTTP without TLS, or use tcp',
      };
    case 'wrong-status':
      return {
        found: `${at} answers with the status ${status ?? 'of an error'}`,
        fix: "correct path or status, or look into the target's own log",
      };
    case 'not-running':
      return {
        found: `nothing can be run in it (${detail ?? 'no reason given'})`,
        fix: 'see that the pod is there and runs; a probe comes after its pod with dependsOn',
      };
    default:
      return {
        found: `${at} can't be asked from there (${detail ?? result})`,
        fix: 'use another kind of probe, or make that possible there',
      };
  }
}

function isTarget(target: string): boolean {
  if (typeof target !== 'string' || target.length > 253) return false;
  if (IpAddress.tryParse(target)) return true;
  const labels = target.replace(/\.$/, '').split('.');
  // The last part of a name is never a number: what looks like an address has to be one.
  return labels.every((label) => LABEL.test(label)) && !/^[0-9]+$/.test(labels.at(-1) ?? '');
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

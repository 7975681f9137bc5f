import { lookup } from 'node:dns/promises';
import { checkReach, IpAddress, NetloomError, reachPort } from 'netloom';
import type { ReachRequest, ReachView } from 'netloom/agent-api';
import { askHttp, connectTcp } from './connect';
import { ping } from './ping';
import { mayReach, targetNotAllowed } from './reach-policy';

/** Tries under way on this node, of all callers. */
const MOST_AT_ONCE = 16;
const DEFAULT_TIMEOUT_MS = 5_000;

/**
 * Asks targets from this node, so far as the node's own policy names their networks. Nothing but the
 * outcome comes back, so that the agent is no way around a firewall.
 */
export class ReachService {
  private underWay = 0;

  /** @param networks that may be asked, in prefix form; none: nothing may */
  constructor(private readonly networks: readonly string[]) {}

  /**
   * One try. A name is looked up once, and every address that it has is judged before the first is
   * asked: a name can't lead to what its address could not.
   *
   * @throws NetloomError NL_VALUE_OUT_OF_RANGE, NL_HOST_POLICY, NL_RATE_LIMITED
   */
  async ask(request: ReachRequest, dryRun = false): Promise<ReachView> {
    const problems = checkReach(request);
    if (problems.length > 0) throw new NetloomError(problems);
    const { target } = request;
    const given = IpAddress.tryParse(target);
    if (given) this.require(target, [given]);
    // Whoever may ask nothing need not learn what names mean here.
    else if (this.networks.length === 0) this.require(target, []);
    if (dryRun) return { result: 'allowed' };
    if (this.underWay >= MOST_AT_ONCE) throw new NetloomError(tooMany());
    this.underWay++;
    try {
      return await this.tryOnce(request, given);
    } finally {
      this.underWay--;
    }
  }

  private async tryOnce(request: ReachRequest, given: IpAddress | undefined): Promise<ReachView> {
    const { kind, target, timeoutMs: limit = DEFAULT_TIMEOUT_MS, path = '/', status } = request;
    const started = Date.now();
    const found = given ? [given] : await within(addressesOf(target), limit, []);
    const [first] = found;
    if (first === undefined) return { result: 'no-address' };
    this.require(target, found);
    const address = String(first);
    const timeoutMs = Math.max(100, limit - (Date.now() - started));
    if (kind === 'ping') return ping(address, timeoutMs);
    const endpoint = { address, port: reachPort(request) as number, timeoutMs };
    return kind === 'tcp' ? connectTcp(endpoint) : askHttp({ ...endpoint, target, path, status });
  }

  private require(target: string, addresses: readonly IpAddress[]): void {
    const isAllowed =
      addresses.length > 0 && addresses.every((one) => mayReach(this.networks, one));
    if (!isAllowed) throw new NetloomError(targetNotAllowed(this.networks, target));
  }
}

/** As the node's own resolver has them; none when it knows none. */
async function addressesOf(name: string): Promise<IpAddress[]> {
  try {
    const found = await lookup(name, { all: true });
    return found.flatMap(({ address }) => IpAddress.tryParse(address) ?? []);
  } catch {
    return [];
  }
}

async function within<T>(answer: Promise<T>, limitMs: number, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), limitMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

function tooMany(): NetloomError['problems'][number] {
  return {
    code: 'NL_RATE_LIMITED',
    key: 'target',
    found: `${MOST_AT_ONCE} targets are being asked from this node already`,
    allowed: `at most ${MOST_AT_ONCE} at a time`,
    fix: 'ask again in a moment',
  };
}

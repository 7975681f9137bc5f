import type { AuditLog } from './audit-service';

/** Asks the network who has an address. */
export interface AddressProber {
  /**
   * Who answers for an address on an interface: a MAC address, or `this host`; undefined when nobody has
   * within the time.
   *
   * @throws NetloomError NL_PROBE_IMPOSSIBLE, when the interface is not there or can't ask
   */
  whoHas(address: string, dev: string): Promise<string | undefined>;
}

/** Somebody who has an address without a claim. */
export interface Answered {
  readonly address: string;
  readonly who: string;
}

/** Questions at the same time: each of them runs `ip` some times. */
const AT_ONCE = 16;

/** Asks for the addresses of claims, some at a time; nobody but their claims waits for the answers. */
export class ProbeDesk {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly prober: AddressProber,
    private readonly log: AuditLog,
  ) {}

  /** Those of some addresses that somebody has. */
  async answers(addresses: readonly string[], dev: string): Promise<Answered[]> {
    const answers = await Promise.all(
      addresses.map(async (address) => {
        const who = await this.inTurn(() => this.prober.whoHas(address, dev));
        return who === undefined ? undefined : { address, who };
      }),
    );
    const found = answers.filter((one) => one !== undefined);
    for (const one of found) this.log.warn({ event: 'address_answers', dev, ...one });
    return found;
  }

  private async inTurn<T>(run: () => Promise<T>): Promise<T> {
    if (this.running >= AT_ONCE) await new Promise<void>((go) => this.waiting.push(go));
    this.running += 1;
    try {
      return await run();
    } finally {
      this.running -= 1;
      this.waiting.shift()?.();
    }
  }
}

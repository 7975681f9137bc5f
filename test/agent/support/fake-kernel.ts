import { InterfaceAddress, NetloomError } from 'netloom';
import type {
  HostLinks,
  LinkDriver,
  LinkListener,
  LinkState,
} from '../../../node-agent/src/bridges';

interface FakeLink {
  name: string;
  kind: string | undefined;
  mac: string;
  mtu: number;
  up: boolean;
  alias: string | undefined;
  master: string | undefined;
  primaries: string[];
  secondaries: string[];
  /** Newest first, by scope. */
  ipv6: string[];
  stp?: boolean;
  multicastSnooping?: boolean;
}

/**
 * A host that understands the lines netloom writes, with the kernel's order of addresses (as tried
 * on the real one: bridge-kernel.test.ts compares both).
 */
export class FakeKernel implements LinkDriver {
  readonly links = new Map<string, FakeLink>();
  readonly defaultRouteLinks = new Set<string>();
  /** All lines that were run. */
  readonly history: string[] = [];
  /** Number of lines after which the next one fails; undefined for never. */
  failAfter: number | undefined;
  /** Lines of this form fail, always. */
  refuse: RegExp | undefined;
  /** `net.ipv4.conf.*.promote_secondaries`. */
  promotesSecondaries = false;
  /** Called before each line; throwing plays a crash. */
  beforeLine: ((line: string) => void) | undefined;

  addLink(name: string, parts: Partial<FakeLink> = {}): FakeLink {
    const link: FakeLink = {
      name,
      kind: undefined,
      mac: '00:00:5e:00:53:01',
      mtu: 1500,
      up: true,
      alias: undefined,
      master: undefined,
      primaries: [],
      secondaries: [],
      ipv6: [],
      ...(parts.kind === 'bridge' ? { stp: false, multicastSnooping: true } : {}),
      ...parts,
    };
    this.links.set(name, link);
    return link;
  }

  readonly listeners = new Set<LinkListener>();
  /** Number of looks so far. */
  looks = 0;

  watch(listener: LinkListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Tells of a change, as the kernel does. */
  tell(): void {
    for (const listener of this.listeners) listener.changed();
  }

  async observe(): Promise<HostLinks> {
    this.looks += 1;
    const states = [...this.links.values()].map(
      ({ primaries, secondaries, ipv6, ...rest }): LinkState => ({
        ...rest,
        addresses: [...primaries, ...secondaries, ...ipv6],
      }),
    );
    return {
      links: new Map(states.map((state) => [state.name, state])),
      defaultRouteLinks: new Set(this.defaultRouteLinks),
    };
  }

  async apply(lines: readonly string[]): Promise<void> {
    for (const line of lines) {
      this.beforeLine?.(line);
      if (this.failAfter !== undefined && this.failAfter-- <= 0) throw refused(line);
      if (this.refuse?.test(line)) throw refused(line);
      this.run(line.split(' '));
      this.history.push(line);
    }
    if (lines.length > 0) this.tell();
  }

  addAddress(name: string, address: string): void {
    const link = this.need(name);
    if ([...link.primaries, ...link.secondaries, ...link.ipv6].includes(address)) return;
    if (address.includes(':')) {
      const at = link.ipv6.findIndex((other) => scopeOf(other) >= scopeOf(address));
      link.ipv6.splice(at < 0 ? link.ipv6.length : at, 0, address);
    } else if (link.primaries.some((one) => networkOf(one) === networkOf(address))) {
      link.secondaries.push(address);
    } else {
      link.primaries.push(address);
    }
  }

  private run(words: string[]): void {
    const [object, verb, ...rest] = words;
    const after = (word: string): string => rest[rest.indexOf(word) + 1] as string;
    if (object === 'link' && verb === 'add') {
      if (this.links.has(after('name'))) throw refused(words.join(' '));
      this.addLink(after('name'), { kind: after('type'), mac: after('address'), up: false });
    } else if (object === 'link' && verb === 'del') {
      const { name } = this.need(after('dev'));
      this.links.delete(name);
      for (const link of this.links.values()) if (link.master === name) link.master = undefined;
    } else if (object === 'link' && verb === 'set') {
      this.set(this.need(after('dev')), rest.slice(2));
    } else if (object === 'addr' && verb === 'replace') {
      if (rest[0]?.includes(':') && rest.at(-1) !== 'nodad') throw refused(words.join(' '));
      this.addAddress(after('dev'), rest[0] as string);
    } else if (object === 'addr' && verb === 'del') {
      this.removeAddress(this.need(after('dev')), rest[0] as string);
    } else {
      throw new Error(`the fake kernel does not know: ${words.join(' ')}`);
    }
  }

  private set(link: FakeLink, [key, value, ...more]: string[]): void {
    const words = [value, ...more];
    if (key === 'up') link.up = true;
    else if (key === 'down') link.up = false;
    else if (key === 'type' && more[0] === 'stp_state') link.stp = more[1] === '1';
    else if (key === 'type' && more[0] === 'mcast_snooping')
      link.multicastSnooping = more[1] === '1';
    else if (key === 'alias') link.alias = words.join(' ').replaceAll('"', '') || undefined;
    else if (key === 'address') link.mac = value as string;
    else if (key === 'mtu') link.mtu = Number(value);
    else if (key === 'nomaster') link.master = undefined;
    else if (key === 'master') link.master = this.need(value as string).name;
    else throw new Error(`the fake kernel does not know: ${key}`);
  }

  private removeAddress(link: FakeLink, address: string): void {
    const list = [link.primaries, link.secondaries, link.ipv6].find((one) => one.includes(address));
    if (!list) throw refused(`addr del ${address}`);
    list.splice(list.indexOf(address), 1);
    if (list !== link.primaries) return;
    const orphans = link.secondaries.filter((one) => networkOf(one) === networkOf(address));
    link.secondaries = link.secondaries.filter((one) => !orphans.includes(one));
    if (!this.promotesSecondaries) return;
    const [first, ...others] = orphans;
    if (first !== undefined) link.primaries.push(first);
    link.secondaries.push(...others);
  }

  private need(name: string): FakeLink {
    const link = this.links.get(name);
    if (!link) throw refused(`dev ${name}`);
    return link;
  }
}

function networkOf(address: string): string {
  return String(InterfaceAddress.parse(address).network);
}

function scopeOf(address: string): number {
  return /^fe[89ab]/i.test(address) ? 1 : 0;
}

function refused(line: string): NetloomError {
  return new NetloomError({
    code: 'NL_HOST_COMMAND',
    key: 'ip',
    found: `"ip ${line}" failed: the fake kernel refuses`,
    allowed: 'a line it takes',
    fix: 'none',
  });
}

import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { matches } from '../globs';

/** How long an answer may take, in ms. */
const TRY_MS = 1_000;

/** How long one try of a probe may take, with the commands and look-ups around it. In ms. */
const LIMIT_MS = 1_800;

/** Pause between tries, in ms. */
const PAUSE_MS = 200;

/** The discard port (RFC 863): whatever is sent there needs the neighbour's address first. */
const DISCARD = 9;

/** Something outside this host that can be reached, or not. */
export interface Probe {
  /** For people, e.g. `default gateway 10.0.0.1`. */
  readonly words: string;
  /** One try. */
  works(): Promise<boolean>;
}

/** A gateway of a default route. */
export interface Gateway {
  readonly address: string;
  readonly dev: string;
}

/** What probes ask the kernel. */
export interface NeighbourDriver {
  /** Gateways of the default routes, each once. */
  gateways(): Promise<Gateway[]>;
  /** Has the kernel ask anew who has an address; true once somebody has answered. */
  resolves(gateway: Gateway): Promise<boolean>;
}

/** Where probes look. */
export interface ProbeSettings {
  /** `HOST:PORT`. @default - what a pod's environment says */
  readonly apiServer?: string | undefined;
  /** Whether name servers are asked. @default yes */
  readonly nameServers?: 'yes' | 'no' | undefined;
  /** File that names them. @default /etc/resolv.conf */
  readonly resolvConf?: string | undefined;
  /** Addresses of the gateways that count; `*` stands for any characters. @default - all */
  readonly gateways?: readonly string[] | undefined;
}

/** Whether the host still reaches what it reached before a change. */
export class Probes {
  constructor(
    private readonly neighbours: NeighbourDriver,
    private readonly settings: ProbeSettings = {},
  ) {}

  /** All that there is to be tried now. */
  async list(): Promise<Probe[]> {
    const { gateways: meant = ['*'], nameServers: asks = 'yes', apiServer } = this.settings;
    const resolvConf = this.settings.resolvConf ?? '/etc/resolv.conf';
    const gateways = await this.neighbours.gateways();
    return [
      ...gateways
        .filter(({ address }) => meant.some((glob) => matches(glob, address)))
        .map((gateway) => this.gatewayProbe(gateway)),
      ...(asks === 'yes' ? nameServers(resolvConf) : []).map(dnsProbe),
      ...apiServerProbes(apiServer ?? apiServerOfPod()),
    ];
  }

  /** What works now: only that has to work afterwards. */
  async working(): Promise<Probe[]> {
    const probes = await this.list();
    const results = await Promise.all(probes.map(inTime));
    return probes.filter((_, index) => results[index]);
  }

  /**
   * Tries again what worked before a change, until it works or the time is over.
   *
   * @returns what does not work any more, in words
   */
  async broken(before: readonly Probe[], waitMs: number): Promise<string[]> {
    const end = performance.now() + waitMs;
    const tried = await Promise.all(
      before.map(async (probe) => {
        for (;;) {
          if (await inTime(probe)) return [];
          if (performance.now() + PAUSE_MS >= end) return [probe.words];
          await pause(PAUSE_MS);
        }
      }),
    );
    return tried.flat();
  }

  /** The gateway stays the one of before: a change that turns the route elsewhere is to be noticed. */
  private gatewayProbe({ address }: Gateway): Probe {
    return {
      words: `default gateway ${address}`,
      works: async () => {
        try {
          const now = await this.neighbours.gateways();
          const over = now.find((one) => one.address === address);
          if (!over) return false;
          await nudge(address, over.dev);
          return await this.neighbours.resolves(over);
        } catch {
          // The interface is gone, for example.
          return false;
        }
      },
    };
  }
}

/** A change waits for it: no resolver and no busy kernel makes that longer. */
async function inTime(probe: Probe): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), LIMIT_MS);
  });
  try {
    return await Promise.race([probe.works(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Sends a datagram, for which the kernel has to know its way. */
function nudge(address: string, dev: string): Promise<void> {
  const isV6 = address.includes(':');
  const socket = createSocket(isV6 ? 'udp6' : 'udp4');
  const target = isV6 && address.startsWith('fe80:') ? `${address}%${dev}` : address;
  return new Promise((resolve) => {
    const end = (): void => {
      socket.close();
      resolve();
    };
    socket.once('error', end);
    socket.send('netloom', DISCARD, target, () => {
      socket.removeListener('error', end);
      socket.on('error', () => {});
      end();
    });
  });
}

function nameServers(file: string): string[] {
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    const found = lines.flatMap(
      (line) => /^\s*nameserver\s+([0-9a-fA-F:.]+)\s*$/.exec(line)?.[1] ?? [],
    );
    return [...new Set(found)].slice(0, 3);
  } catch {
    return [];
  }
}

/** Any answer will do, a refusal too. */
function dnsProbe(server: string): Probe {
  return {
    words: `name server ${server}`,
    works: async () => {
      const resolver = new Resolver({ timeout: TRY_MS, tries: 1 });
      resolver.setServers([server.includes(':') ? `[${server}]` : server]);
      // It asks a second time, whatever "tries" says.
      const timer = setTimeout(() => resolver.cancel(), TRY_MS);
      try {
        await resolver.resolveNs('.');
        return true;
      } catch (error) {
        return /^(ENOTFOUND|ENODATA|ESERVFAIL|EREFUSED|ENOTIMP|EFORMERR)$/.test(
          (error as NodeJS.ErrnoException).code ?? '',
        );
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

function apiServerOfPod(): string | undefined {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = process.env;
  if (host === undefined) return undefined;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function apiServerProbes(place: string | undefined): Probe[] {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(place ?? '') ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) return [];
  return [{ words: `API server ${place}`, works: () => accepts(host, Number(port)) }];
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: TRY_MS });
    const end = (works: boolean): void => {
      socket.destroy();
      resolve(works);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

import { existsSync } from 'node:fs';
import { type AddressBook, claimId, NetloomError } from 'netloom';
import { loadConfig } from '../config';
import { loadBook } from '../load-book';
import { changedLinks } from '../node-network';
import { FolderLock, SqliteStore, type StoreContents, storeFiles } from '../store';

/** What stands for the store of an agent that has none yet. */
const NEVER = 'never started';

/** What `status` shows. */
export interface AgentStatus {
  readonly name: string;
  readonly running: boolean;
  readonly store: string;
  readonly pools: readonly Readonly<Record<string, string>>[];
  readonly claims: readonly Readonly<Record<string, string>>[];
  readonly bridges: readonly Readonly<Record<string, string>>[];
  readonly networks: readonly Readonly<Record<string, string>>[];
}

/** Reads the store of an agent, running or not: who may read its files needs no token. */
export function agentStatus(configFile: string, now: number): AgentStatus {
  const config = loadConfig(configFile);
  if (!existsSync(config.stateDir)) {
    const nothing = { pools: [], claims: [], bridges: [], networks: [] };
    return { name: config.name, running: false, store: NEVER, ...nothing };
  }
  const contents = SqliteStore.read(config.stateDir);
  const book = loadBook(contents, storeFiles(config.stateDir).state);
  const names = book.poolNames().filter((name) => book.pool(name, now));
  return {
    name: config.name,
    running: isRunning(config.stateDir),
    store: contents.storeId,
    pools: names.map((name) => poolRow(book, name, now)),
    claims: names.flatMap((name) =>
      book.claims(name, now).map((claim) => ({
        pool: name,
        addresses: claim.addresses.join(' '),
        state: claim.state,
        owner: claim.owner,
        id: claimId(claim),
      })),
    ),
    bridges: contents.bridges.map(bridgeRow),
    networks: contents.networks.map(networkRow),
  };
}

/** The status as tables for people. */
export function statusText(status: AgentStatus): string {
  const never = status.store === NEVER ? NEVER : 'not running';
  const head = `agent ${status.name}: ${status.running ? 'running' : never}`;
  const parts = (['pools', 'claims', 'bridges', 'networks'] as const).map((part) => {
    const rows = status[part];
    return rows.length === 0 ? `no ${part}` : `${part}\n${table(rows)}`;
  });
  return `${[head, ...parts].join('\n\n')}\n`;
}

function poolRow(book: AddressBook, name: string, now: number): Record<string, string> {
  const { size, claimed, offered, quarantined } = book.usage(name, now);
  const pool = book.pool(name, now);
  return {
    name,
    subnets: (pool?.spec.subnets ?? []).map((one) => one.subnet).join(' '),
    size: String(size),
    claimed: String(claimed),
    offered: String(offered),
    quarantined: String(quarantined),
    owner: pool?.owner ?? '',
  };
}

function bridgeRow(bridge: StoreContents['bridges'][number]): Record<string, string> {
  const { name, spec, owner, pending } = bridge;
  return {
    name,
    addresses: (spec.addresses ?? []).join(' '),
    ports: (spec.ports ?? []).join(' '),
    mtu: spec.mtu === undefined ? '' : String(spec.mtu),
    state: pending === undefined ? 'done' : `${pending.kind} pending`,
    owner,
  };
}

function networkRow(network: StoreContents['networks'][number]): Record<string, string> {
  const { owner, spec, resolved, pending } = network;
  return {
    owner,
    links: changedLinks(spec, resolved)
      .map(({ name }) => name)
      .join(' '),
    state: pending === undefined ? 'done' : `${pending.kind} pending`,
  };
}

function isRunning(folder: string): boolean {
  try {
    FolderLock.take(folder).release();
    return false;
  } catch (error) {
    if (error instanceof NetloomError) return true;
    throw error;
  }
}

/** Rows as columns of text, with a head. */
export function table(rows: readonly Readonly<Record<string, string>>[]): string {
  const columns = Object.keys(rows[0] ?? {});
  const widths = columns.map((column) =>
    Math.max(column.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    `  ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ')}`.trimEnd();
  const head = line(columns.map((column) => column.toUpperCase()));
  return [head, ...rows.map((row) => line(columns.map((column) => row[column] ?? '')))].join('\n');
}

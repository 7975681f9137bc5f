import { randomUUID } from 'node:crypto';
import type { ClaimRecord, PoolRecord } from 'netloom';
import { GroupCommit } from './group-commit';
import type {
  BridgeRecord,
  CounterName,
  NetworkRecord,
  Restoration,
  Store,
  StoreChange,
  StoreContents,
  StoreFailureListener,
  StreamedContents,
} from './store';

/** What a memory store holds; hand it to a second store to play a restart. */
export class MemoryDisk {
  readonly storeId = randomUUID();
  readonly pools = new Map<string, PoolRecord>();
  readonly claims = new Map<number, ClaimRecord>();
  readonly bridges = new Map<string, BridgeRecord>();
  readonly networks = new Map<string, NetworkRecord>();
  readonly counters: Record<CounterName, number> = { book: 0, bridges: 0 };
  restored: Restoration | undefined;
  /** Number of commits so far. */
  commits = 0;
  /** Set to make the next commit fail with it. */
  fault: Error | undefined;

  commit(changes: readonly StoreChange[]): void {
    if (this.fault) throw this.fault;
    this.commits += 1;
    for (const change of structuredClone(changes)) this.apply(change);
  }

  private apply(change: StoreChange): void {
    switch (change.kind) {
      case 'pool':
        put(this.pools, change.name, change.pool);
        break;
      case 'claim':
        put(this.claims, change.serial, change.claim);
        break;
      case 'bridge':
        put(this.bridges, change.name, change.bridge);
        break;
      case 'network':
        put(this.networks, change.owner, change.network);
        break;
      case 'restoration':
        this.restored = change.restoration;
        break;
      case 'counter':
        this.counters[change.name] = Math.max(this.counters[change.name], change.value);
    }
  }
}

function put<K, V>(map: Map<K, V>, key: K, value: V | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}

/** A store without a disk, for tests. */
export class MemoryStore implements Store {
  private readonly group: GroupCommit;

  constructor(
    readonly disk: MemoryDisk = new MemoryDisk(),
    onFailure: StoreFailureListener = () => {},
  ) {
    this.group = new GroupCommit((changes) => this.disk.commit(changes), onFailure);
  }

  load(): StoreContents {
    const { pools, claims, bridges, networks, counters, storeId, restored } = this.disk;
    return structuredClone({
      pools: [...pools.values()],
      claims: [...claims.values()],
      bridges: [...bridges.values()],
      networks: [...networks.values()],
      counters,
      storeId,
      ...(restored === undefined ? {} : { restored }),
    });
  }

  stream(): StreamedContents {
    const contents = this.load();
    const claims = contents.claims.toSorted((one, other) => one.serial - other.serial);
    return { ...contents, claims };
  }

  write(changes: readonly StoreChange[]): Promise<void> {
    return this.group.write(changes);
  }

  async close(): Promise<void> {
    this.group.flush();
  }
}

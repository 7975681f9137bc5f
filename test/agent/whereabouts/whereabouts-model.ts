/** A pod as the API server tells of it, on the node where its sandbox is. */
export interface Pod {
  readonly podref: string;
  readonly container: string;
  /** What its network-status says; absent while the pod is Pending. */
  status?: string;
}

interface Allocation {
  readonly podref: string;
  readonly container: string;
}

/** What whereabouts reads of a pool in one go. */
export interface PoolRead {
  readonly version: number;
  readonly allocations: ReadonlyMap<number, Allocation>;
}

/**
 * How whereabouts gives addresses, as little of it as its known failures need: one IPPool object of
 * 10.0.0.0/24 with all allocations, searched from the lowest address on, and one reservation object
 * for each address, written one after the other. Steps that other processes can come between are
 * methods of their own.
 *
 * @see https://github.com/k8snetworkplumbingwg/whereabouts pkg/allocate/allocate.go,
 * pkg/storage/kubernetes/ipam.go, pkg/reconciler (v0.9.4, and what older releases did where a
 * parameter says so)
 */
export class WhereaboutsModel {
  allocations = new Map<number, Allocation>();
  readonly reservations = new Map<string, string>();
  private version = 0;

  constructor(
    private readonly first = 1,
    private readonly last = 254,
    /** `network_name`: the prefix of the reservations' names. */
    private readonly networkName = '',
  ) {}

  /** CNI ADD without anybody in between. */
  add(pod: Pod): string {
    const read = this.read();
    const offset = this.choose(read, pod);
    this.write(read, offset, pod);
    this.reserve(offset, pod);
    return textOf(offset);
  }

  read(): PoolRead {
    return { version: this.version, allocations: new Map(this.allocations) };
  }

  /** The pod's own entry, else the lowest free address. The gateway is no concern of it. */
  choose({ allocations }: PoolRead, { podref }: Pod): number {
    for (const [offset, own] of allocations) if (own.podref === podref) return offset;
    for (let offset = this.first; offset <= this.last; offset++) {
      if (!allocations.has(offset)) return offset;
    }
    throw new Error('Could not allocate IP in range');
  }

  /** @param checksVersion releases before 0.5 wrote over what somebody else had written meanwhile */
  write(read: PoolRead, offset: number, pod: Pod, checksVersion = true): void {
    if (checksVersion && read.version !== this.version) throw new Error('Conflict');
    const { podref, container } = pod;
    this.allocations = new Map([...read.allocations, [offset, { podref, container }]]);
    this.version++;
  }

  /** The second object. Nothing takes the first one back when this fails, nor the other way round. */
  reserve(offset: number, { podref }: Pod): void {
    this.reservations.set(this.reservationName(offset), podref);
  }

  /** CNI DEL: errors of the storage are logged, and the answer is success all the same. */
  remove({ container }: Pod, isReachable = true): 'success' {
    if (!isReachable) return 'success';
    for (const [offset, own] of this.allocations) {
      if (own.container === container) this.forget(offset);
    }
    return 'success';
  }

  /** The same when entries were still found by the name of their pod, before container ids. */
  removeByName({ podref }: Pod): void {
    for (const [offset, own] of this.allocations) if (own.podref === podref) this.forget(offset);
  }

  /**
   * The ip-reconciler: frees what no pod of a list has.
   *
   * @param pods as they were listed, maybe a while ago; undefined for one that could not be asked for
   * @param read the pool, as it was read
   */
  reconcile(pods: readonly (Pod | undefined)[], read: PoolRead): void {
    for (const [offset, { podref }] of read.allocations) {
      const pod = pods.find((one) => one?.podref === podref);
      if (pod?.status === textOf(offset)) continue;
      // By the name of the pod: the first entry of that name goes, whichever was looked at.
      const found = [...this.allocations].find(([, own]) => own.podref === podref);
      if (found) this.forget(found[0]);
    }
  }

  /** Reservations whose name does not read as the address of an allocation go, too. */
  reconcileReservations(): void {
    for (const name of [...this.reservations.keys()]) {
      const address = name.replaceAll('-', ':');
      const isAllocated = [...this.allocations.keys()].some((one) => textOf(one) === address);
      if (!isAllocated) this.reservations.delete(name);
    }
  }

  reservationName(offset: number): string {
    return this.networkName === '' ? textOf(offset) : `${this.networkName}-${textOf(offset)}`;
  }

  private forget(offset: number): void {
    this.allocations.delete(offset);
    this.reservations.delete(this.reservationName(offset));
    this.version++;
  }
}

/**
 * How host-local gives addresses: a folder of files on each node, named by the address, holding the
 * id of a container; behind the last one given, coming round at the end.
 *
 * @see https://github.com/containernetworking/plugins plugins/ipam/host-local/backend
 */
export class HostLocalModel {
  private readonly files = new Map<number, string>();
  private lastReserved: number;

  constructor(
    private readonly first: number,
    private readonly last: number,
  ) {
    this.lastReserved = last;
  }

  add(container: string): string {
    const size = this.last - this.first + 1;
    for (let step = 1; step <= size; step++) {
      const offset = this.first + ((this.lastReserved - this.first + step) % size);
      if (this.files.has(offset)) continue;
      this.files.set(offset, container);
      this.lastReserved = offset;
      return textOf(offset);
    }
    throw new Error('no IP addresses available in range set');
  }

  remove(container: string): void {
    for (const [offset, id] of this.files) if (id === container) this.files.delete(offset);
  }
}

function textOf(offset: number): string {
  return `10.0.0.${offset}`;
}

import { ChartPart } from './chart-part';
import { call, literal, name } from './code';
import type { ProgramItem } from './collect-items';
import { describeIpPool } from './ip-pool-item';
import type { Item, LeftOut } from './item';
import {
  type ConstructPlace,
  networkCode,
  objectCode,
  poolCode,
  roleOf,
  subnetCode,
} from './item-code';
import type { SubnetItem } from './kube-ovn-item';
import { NETWORK_CLASSES, patchCode } from './network-code';
import type { NetworkItem, PlainItem } from './network-item';
import type { FoundPools, Pool } from './pools';
import { plain, printImports, printStatements, type Statement } from './statement';
import { VariableNames } from './variable-names';
import { wireSubnets } from './wiring';
import type { WorkloadItem } from './workload-item';
import { WorkloadWriter } from './workload-writer';

/** What a program is made of. */
export interface ProgramParts {
  readonly items: readonly ProgramItem[];
  readonly pools: FoundPools;
  readonly leftOut: readonly LeftOut[];
  /** What is to be said of an item. */
  readonly commentsOf: (item: Item) => readonly string[];
}

/** A TypeScript program that makes the items again. The same parts give the same text. */
export function printProgram(parts: ProgramParts): string {
  const statements = new Program(parts).statements();
  return `${printImports(statements)}\n${printStatements(statements)}`;
}

class Program {
  private readonly names = new VariableNames(['app']);
  private readonly variables = new Map<object, string>();
  private readonly charts = new Map<string | undefined, ChartPart>();
  private readonly declared = new Set<object>();
  /** Attachments to networks that are made further down. */
  private readonly later: Statement[] = [];
  private readonly workloads: WorkloadWriter;
  private readonly subnets: ReadonlyMap<NetworkItem, SubnetItem>;
  private readonly wired: ReadonlySet<SubnetItem>;
  private readonly poolOf = new Map<NetworkItem, Pool>();

  constructor(private readonly parts: ProgramParts) {
    const { items, pools } = parts;
    const networks = items.filter((item) => item.of === 'network');
    this.subnets = wireSubnets(
      networks,
      items.filter((item) => item.of === 'subnet'),
    );
    this.wired = new Set(this.subnets.values());
    for (const pool of pools.pools) {
      for (const network of pool.networks) this.poolOf.set(network, pool);
    }
    this.nameVariables();
    this.workloads = new WorkloadWriter(networks, this.variables, this.names);
  }

  statements(): Statement[] {
    const { charts, parts, later } = this;
    // Chart by chart, because an item may bring others that stand in a chart before.
    for (const chart of charts.values()) for (const item of chart.items) this.add(item);
    const sections = [...charts.values()].map((chart) => [
      chartStatement(chart),
      ...chart.statements,
    ]);
    const app = plain('const app = ', call('new App'));
    const comments = parts.leftOut.map(({ what, reason }) => `${what} is left out: ${reason}.`);
    const synth = { ...plain('', call('app.synth')), comments };
    return [app, ...sections.flat(), ...later, synth];
  }

  /** Networks have the first choice of names, charts the last. */
  private nameVariables(): void {
    const { items, pools } = this.parts;
    const take = (of: ProgramItem['of'], role: (item: ProgramItem) => string): void => {
      for (const item of items) {
        if (item.of === of) this.variables.set(item, this.names.take(item.name, role(item)));
      }
    };
    take('network', () => 'network');
    take('subnet', () => 'subnet');
    for (const pool of pools.pools) {
      this.variables.set(pool, this.names.take(`${poolName(pool)}-pool`, 'pool'));
    }
    take('workload', roleOf);
    // What is in no namespace comes first: others refer to it.
    const namespaces = new Set(items.map(({ namespace }) => namespace));
    if (namespaces.delete(undefined)) this.addChart(undefined, freeId(namespaces));
    for (const namespace of namespaces) this.addChart(namespace, namespace ?? '');
    for (const item of items) this.chartOf(item).items.push(item);
  }

  private addChart(namespace: string | undefined, id: string): void {
    const part = new ChartPart(namespace, id, this.names.take(id, 'chart'));
    this.charts.set(namespace, part);
  }

  private add(item: ProgramItem): void {
    if (this.declared.has(item)) return;
    this.declared.add(item);
    switch (item.of) {
      case 'network':
        this.addNetwork(item);
        break;
      case 'subnet':
        this.addSubnet(item);
        break;
      case 'workload':
        this.addWorkload(item);
        break;
      case 'plain':
        this.addPlain(item);
        break;
    }
  }

  private addNetwork(item: NetworkItem): void {
    const chart = this.chartOf(item);
    const pool = this.poolOf.get(item);
    const subnet = this.subnets.get(item);
    if (pool) this.addPool(pool, chart);
    if (subnet) this.add(subnet);
    const place = placeIn(chart, item.name, 'network');
    const variable = this.variableOf(item);
    const ownPools = pool ? [] : (this.parts.pools.ownPools.get(item) ?? []);
    chart.statements.push({
      comments: [...this.parts.commentsOf(item), ...notesOn(item), ...ownPools.map(describeIpPool)],
      head: `export const ${variable} = `,
      code: networkCode(item, place, {
        pool: pool && this.variableOf(pool),
        subnet: subnet && this.variableOf(subnet),
      }),
    });
    const patches = item.typed?.patches ?? [];
    if (patches.length === 0) return;
    const patch = call(`${variable}.patchCni`, ...patches.map(patchCode));
    chart.statements.push({ ...plain('', patch), isJoined: true });
  }

  private addPool(pool: Pool, chart: ChartPart): void {
    if (this.declared.has(pool)) return;
    this.declared.add(pool);
    const place = placeIn(chart, `${poolName(pool)}-pool`, 'pool');
    const head = `const ${this.variableOf(pool)} = `;
    const comments = pool.ipPools.map(describeIpPool);
    chart.statements.push({ comments, head, code: poolCode(pool, place) });
  }

  private addSubnet(item: SubnetItem): void {
    const chart = this.chartOf(item);
    const isWired = this.wired.has(item);
    chart.statements.push({
      comments: this.parts.commentsOf(item),
      head: isWired ? `const ${this.variableOf(item)} = ` : '',
      code: subnetCode(item, placeIn(chart, item.name, 'subnet'), isWired),
    });
  }

  private addPlain(item: PlainItem): void {
    const chart = this.chartOf(item);
    const code = objectCode(item, placeIn(chart, item.name, roleOf(item)));
    chart.statements.push({
      ...plain('', code),
      comments: [...this.parts.commentsOf(item), item.note],
    });
  }

  private addWorkload(item: WorkloadItem): void {
    const { statements } = this.chartOf(item);
    const { references, object, attach, networks } = this.workloads.write(item, this.chartOf(item));
    const [first, ...others] = object as [Statement, ...Statement[]];
    const comments = [...this.parts.commentsOf(item), ...first.comments];
    statements.push(...references, { ...first, comments }, ...others);
    const isEarly = networks.every((network) => this.declared.has(network));
    if (isEarly) statements.push(...attach.map((one) => ({ ...one, isJoined: true })));
    else this.later.push(...attach);
  }

  private chartOf({ namespace }: Item): ChartPart {
    return this.charts.get(namespace) as ChartPart;
  }

  private variableOf(part: object): string {
    return this.variables.get(part) as string;
  }
}

function chartStatement({ variable, id, namespace }: ChartPart): Statement {
  const props = namespace === undefined ? [] : [literal({ namespace })];
  return plain(`const ${variable} = `, call('new Chart', name('app'), literal(id), ...props));
}

function placeIn(chart: ChartPart, id: string, role: string): ConstructPlace {
  return { scope: chart.variable, id: chart.takeId(id, role) };
}

function poolName({ networkName, networks }: Pool): string {
  return networkName || (networks[0]?.name ?? '');
}

/** An id for the chart of what is in no namespace. */
function freeId(taken: ReadonlySet<string | undefined>): string {
  for (let count = 1; ; count++) {
    const id = count === 1 ? 'networks' : `networks-${count}`;
    if (!taken.has(id)) return id;
  }
}

function notesOn({ typed, definition }: NetworkItem): string[] {
  const notes: string[] = [];
  if (definition.cniVersion === undefined) {
    notes.push('Its configuration names no cniVersion, which means 0.1.0.');
  }
  if (!typed && definition.link.kind !== 'raw') {
    const className = NETWORK_CLASSES[definition.link.kind];
    notes.push(`Kept as it was written: ${className} has no props for all of it.`);
  }
  return notes;
}

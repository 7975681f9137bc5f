import { ApiObject, type ApiObjectProps, Chart, JsonPatch, Lazy } from 'cdk8s';
import { type Construct, type IConstruct, Node } from 'constructs';
import { ipamType } from '../cni';
import type { Problem } from '../errors';
import {
  type AdditionalNetwork,
  ipamShim,
  type OperatorNetworkSettings,
  operatorNetwork,
  SHIMMED_IPAMS,
  type ShimmedIpam,
} from '../installs';
import type { PlatformName } from '../kubernetes';
import { checkEntries } from '../rules';
import { clusterOf } from './cluster-facts';
import { clusterScoped } from './metadata';
import { modelOf } from './model';

/** Something that wants entries in the list of OpenShift's operator. */
interface Claimant {
  readonly construct: IConstruct;
  /** True for what is there for the cluster: the object rather belongs to it than to a network. */
  readonly isInstall: boolean;
  additionalNetworks(): readonly AdditionalNetwork[];
}

/** A construct that says where the object belongs, and more of what is in it. */
export interface OperatorNetworkHolder extends IConstruct {
  /** @internal */
  _settings(): Pick<OperatorNetworkSettings, 'useMultiNetworkPolicy'>;
}

/** The object of one cluster. */
interface Plan {
  readonly home: IConstruct;
  readonly holder?: OperatorNetworkHolder;
  readonly claimants: Claimant[];
}

const OBJECT_ID = 'openshift-network-operator';

/**
 * What the constructs of one tree want of OpenShift's one object `Network.operator`. Which object of
 * the tree it becomes is settled when everything is known, in front of all checks: one for each
 * cluster, with the same bytes whatever was made first.
 */
class OpenShiftOperators {
  readonly claimants = new Set<Claimant>();
  readonly holders = new Set<OperatorNetworkHolder>();
  private made: ApiObject[] = [];
  private settled: readonly Plan[] = [];
  private problems = new Map<IConstruct, Problem[]>();

  constructor(private readonly root: IConstruct) {
    root.node.addValidation({
      validate: () => {
        this.settle();
        return [];
      },
    });
  }

  problemsOf(construct: IConstruct): readonly Problem[] {
    return this.problems.get(construct) ?? [];
  }

  /** Makes the objects anew: what was made the last time may belong elsewhere by now. */
  private settle(): void {
    for (const object of this.made) Node.of(object).scope?.node.tryRemoveChild(OBJECT_ID);
    this.problems = new Map();
    this.settled = this.plans();
    this.made = this.settled
      .filter(({ holder }) => holder === undefined)
      .map((plan) => operatorObject(plan.home, OBJECT_ID, () => settingsOf(plan)));
    for (const { claimants } of this.settled) {
      const entries = claimants.flatMap((claimant) =>
        claimant.additionalNetworks().map((entry) => ({ entry, subject: claimant.construct })),
      );
      for (const { subject, problem } of checkEntries(entries)) {
        this.addProblem(subject, problem);
      }
    }
  }

  private addProblem(construct: IConstruct, problem: Problem): void {
    this.problems.set(construct, [...this.problemsOf(construct), problem]);
  }

  /** What is said of the cluster of a holder. */
  settingsFor(holder: OperatorNetworkHolder): OperatorNetworkSettings {
    const plan = this.plans().find((one) => one.holder === holder);
    return plan ? settingsOf(plan) : {};
  }

  private plans(): Plan[] {
    const claimants = [...this.claimants, ...this.shims()];
    const keyOf = keysOf([...this.holders, ...claimants.map(({ construct }) => construct)]);
    const plans = new Map<string, Plan>();
    for (const holder of this.holders) {
      const key = keyOf(holder);
      if (plans.has(key)) this.addProblem(holder, HELD_TWICE);
      else plans.set(key, { home: holder, holder, claimants: [] });
    }
    for (const claimant of [...claimants].sort(byPlace)) {
      const key = keyOf(claimant.construct);
      const plan = plans.get(key) ?? { home: Chart.of(claimant.construct), claimants: [] };
      plans.set(key, plan);
      plan.claimants.push(claimant);
    }
    return [...plans.values()];
  }

  /** For networks that are objects of their own, and whose addresses need a daemon of the operator. */
  private shims(): Claimant[] {
    const placed = new Set([...this.claimants].map(({ construct }) => construct));
    return [...modelOf(this.root).networks].flatMap(([{ ipam }, construct]) => {
      const type = ipamType(ipam) as ShimmedIpam;
      if (!SHIMMED_IPAMS.includes(type) || placed.has(construct)) return [];
      const { platform } = clusterOf(construct).facts;
      const name = platform?.name ?? onlyPlatform(this.root);
      if (name !== 'openshift') return [];
      return [{ construct, isInstall: false, additionalNetworks: () => [ipamShim(type)] }];
    });
  }
}

/** Installs in front, and then by path: the first one says in which chart the object stands. */
function byPlace(one: Claimant, other: Claimant): number {
  if (one.isInstall !== other.isInstall) return one.isInstall ? -1 : 1;
  return one.construct.node.path < other.construct.node.path ? -1 : 1;
}

/** Says which cluster a construct is for; of one that says nothing, the only other one. */
function keysOf(constructs: readonly IConstruct[]): (construct: IConstruct) => string {
  const known = new Set(constructs.map((construct) => clusterOf(construct).key));
  known.delete('');
  const only = known.size === 1 ? ([...known][0] as string) : '';
  return (construct) => clusterOf(construct).key || only;
}

const HELD_TWICE: Problem = {
  code: 'NL_NAME_TWICE',
  key: '',
  found: 'another OpenShiftNetworks is for the same cluster, whose object there is once',
  allowed:
    'one OpenShiftNetworks for each cluster; several clusters have a Platform each, with a name (cluster)',
  fix: 'leave one of them out',
};

function settingsOf({ holder, claimants }: Plan): OperatorNetworkSettings {
  const entries = new Map<string, AdditionalNetwork>();
  for (const entry of claimants.flatMap((claimant) => claimant.additionalNetworks())) {
    if (!entries.has(entry.name)) entries.set(entry.name, entry);
  }
  return { additionalNetworks: [...entries.values()], ...holder?._settings() };
}

/** The object, with what is said of it asked for late: a claim on a network makes a twin. */
function operatorObject(
  scope: IConstruct,
  id: string,
  settings: () => OperatorNetworkSettings,
): ApiObject {
  const spec = Lazy.any({ produce: () => operatorNetwork(settings()).manifest['spec'] });
  const manifest = { ...operatorNetwork({}).manifest, spec } as unknown as ApiObjectProps;
  const object = new ApiObject(scope as Construct, id, manifest);
  // The chart's labels are for what is ours.
  if (Object.keys(Chart.of(scope).labels).length > 0) {
    object.addJsonPatch(JsonPatch.remove('/metadata/labels'));
  }
  return clusterScoped(object);
}

const operators = new WeakMap<IConstruct, OpenShiftOperators>();

function operatorsOf(construct: IConstruct): OpenShiftOperators {
  const { root } = Node.of(construct);
  const before = operators.get(root);
  if (before) return before;
  // The model's own validation comes first, and this one in front of all others.
  modelOf(root);
  const made = new OpenShiftOperators(root);
  operators.set(root, made);
  return made;
}

const installed = new WeakMap<IConstruct, Set<PlatformName>>();

/** What an install is for: networks that nothing else is known of are for the same. */
export function addInstalledPlatform(construct: IConstruct, name: PlatformName): void {
  const { root } = Node.of(construct);
  installed.set(root, (installed.get(root) ?? new Set()).add(name));
  if (name === 'openshift') operatorsOf(construct);
}

/** The platform of all installs; undefined where they are for several. */
function onlyPlatform(root: IConstruct): PlatformName | undefined {
  const [name, ...others] = installed.get(root) ?? [];
  return others.length === 0 ? name : undefined;
}

/** To be called where OpenShift comes into play: shims are looked after from then on. */
export function lookAfterShims(construct: IConstruct): void {
  operatorsOf(construct);
}

/** Adds entries to the list of the operator; asked for late. */
export function addAdditionalNetworks(
  construct: IConstruct,
  additionalNetworks: () => readonly AdditionalNetwork[],
  isInstall = false,
): void {
  operatorsOf(construct).claimants.add({ construct, additionalNetworks, isInstall });
}

/** Lets a construct hold the object of its cluster. */
export function holdOperatorNetwork(holder: OperatorNetworkHolder): ApiObject {
  const all = operatorsOf(holder);
  all.holders.add(holder);
  return operatorObject(holder, 'Resource', () => all.settingsFor(holder));
}

/** What is wrong with the entries of a construct, seen with all others. */
export function entryProblems(construct: IConstruct): readonly Problem[] {
  return operatorsOf(construct).problemsOf(construct);
}

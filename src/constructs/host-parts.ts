import { type IConstruct, Node } from 'constructs';
import type { Problem } from '../errors';
import type { HostFile, HostStep } from '../installs';
import { checkHostFiles } from '../rules';
import { clusterOf } from './cluster-facts';
import { checkedBy, validateWith } from './validation';

/** What a construct wants on hosts. */
export interface HostParts {
  /** @default - none */
  readonly files?: readonly HostFile[];
  /** In their order. @default - none */
  readonly steps?: readonly HostStep[];
}

type Asked = () => HostParts;

const asked = new WeakMap<IConstruct, Map<IConstruct, Asked[]>>();

/**
 * Remembers what a construct wants on hosts, for {@link HostFiles}. Checked at synthesis: paths, and
 * two contents for one path.
 *
 * @param parts a function where they depend on what other constructs say later
 */
export function addHostParts(construct: IConstruct, parts: HostParts | Asked): void {
  const root = Node.of(construct).root;
  const wanted = asked.get(root) ?? new Map<IConstruct, Asked[]>();
  asked.set(root, wanted);
  const before = wanted.get(construct);
  const ask = typeof parts === 'function' ? parts : (): HostParts => parts;
  if (before) before.push(ask);
  else wanted.set(construct, [ask]);
  validateWith(
    construct,
    checkedBy(() => problemsOfParts(construct, ask())),
  );
}

/** What is wanted at and below a construct, in the order in which it was asked for. */
export function hostPartsOf(scope: IConstruct): Required<HostParts> {
  const parts = askedAt(scope).map(([, one]) => one);
  return {
    files: parts.flatMap(({ files }) => files ?? []),
    steps: parts.flatMap(({ steps }) => steps ?? []),
  };
}

function askedAt(scope: IConstruct): [IConstruct, HostParts][] {
  const all = [...(asked.get(Node.of(scope).root) ?? [])];
  return all
    .filter(([one]) => Node.of(one).scopes.includes(scope) && isInTree(one))
    .flatMap(([one, asks]) => asks.map((ask): [IConstruct, HostParts] => [one, ask()]));
}

/** False for what was taken out of its tree again. */
export function isInTree(construct: IConstruct): boolean {
  const { scope, id } = Node.of(construct);
  return !scope || (Node.of(scope).tryFindChild(id) === construct && isInTree(scope));
}

/** Problems of some parts, seen with all others of their cluster; told where the parts come from. */
function problemsOfParts(construct: IConstruct, { files = [] }: HostParts): Problem[] {
  const paths = new Set(files.map(({ path }) => path));
  const cluster = clusterOf(construct).key;
  const others = askedAt(Node.of(construct).root)
    .filter(([one]) => clusterOf(one).key === cluster)
    .flatMap(([, parts]) => parts.files ?? []);
  const problems = checkHostFiles(others.filter(({ path }) => paths.has(path)));
  const texts = new Set<string>();
  return problems.filter(({ code, key }) => {
    const isNew = !texts.has(code + key);
    texts.add(code + key);
    return isNew;
  });
}

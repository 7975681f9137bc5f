import { type IConstruct, Node } from 'constructs';
import type { Problem } from '../errors';
import type { HostFile, HostStep } from '../installs';
import { checkHostFiles } from '../rules';
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
  const files: HostFile[] = [];
  const steps: HostStep[] = [];
  for (const [construct, asks] of asked.get(Node.of(scope).root) ?? []) {
    if (!Node.of(construct).scopes.includes(scope)) continue;
    for (const ask of asks) {
      const parts = ask();
      files.push(...(parts.files ?? []));
      steps.push(...(parts.steps ?? []));
    }
  }
  return { files, steps };
}

/** Problems of some parts, seen with all others of the tree; told where the parts come from. */
function problemsOfParts(construct: IConstruct, { files = [] }: HostParts): Problem[] {
  const paths = new Set(files.map(({ path }) => path));
  const others = hostPartsOf(Node.of(construct).root).files;
  const problems = checkHostFiles(others.filter(({ path }) => paths.has(path)));
  const texts = new Set<string>();
  return problems.filter(({ code, key }) => {
    const isNew = !texts.has(code + key);
    texts.add(code + key);
    return isNew;
  });
}

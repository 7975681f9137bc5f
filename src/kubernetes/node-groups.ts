import { isMembers } from '../cni';

/** A condition on a label of a node, as Kubernetes writes them. */
export interface NodeExpression {
  /** Label, e.g. `topology.kubernetes.io/rack`. */
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
  /** Not for `Exists` and `DoesNotExist`. */
  readonly values?: readonly string[] | undefined;
}

/** Which nodes are meant: those that everything here fits. */
export interface NodeSelection {
  /** Labels that a node has to have. @default - none */
  readonly nodeSelector?: Readonly<Record<string, string>> | undefined;
  /** Conditions that labels alone can't say. @default - none */
  readonly matchExpressions?: readonly NodeExpression[] | undefined;
}

/** A label that two selections want to be different. */
export interface SelectionConflict {
  readonly label: string;
  readonly values: readonly [string, string];
}

type Members = Record<string, unknown>;

/** The `spec` of a pod that runs on the selected nodes only; what it asks for already still holds. */
export function onNodes(podSpec: unknown, selections: readonly NodeSelection[]): Members {
  const spec = isMembers(podSpec) ? podSpec : {};
  const labels = Object.assign({}, ...selections.map(({ nodeSelector }) => nodeSelector));
  const expressions = selections.flatMap(({ matchExpressions = [] }) => matchExpressions);
  const own = isMembers(spec['nodeSelector']) ? spec['nodeSelector'] : {};
  return {
    ...spec,
    ...(Object.keys(labels).length > 0 && { nodeSelector: { ...own, ...labels } }),
    ...(expressions.length > 0 && { affinity: withExpressions(spec['affinity'], expressions) }),
  };
}

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';

/** One of the terms has to hold: so each of them gets the conditions. */
function withExpressions(given: unknown, expressions: readonly NodeExpression[]): Members {
  const affinity = isMembers(given) ? given : {};
  const nodeAffinity = isMembers(affinity['nodeAffinity']) ? affinity['nodeAffinity'] : {};
  const required = isMembers(nodeAffinity[REQUIRED]) ? nodeAffinity[REQUIRED] : {};
  const written = required['nodeSelectorTerms'];
  const terms = Array.isArray(written) && written.length > 0 ? (written as Members[]) : [{}];
  const nodeSelectorTerms = terms.map((term) => ({
    ...term,
    matchExpressions: [...listOf(term['matchExpressions']), ...expressions],
  }));
  return {
    ...affinity,
    nodeAffinity: { ...nodeAffinity, [REQUIRED]: { ...required, nodeSelectorTerms } },
  };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The labels because of which no node fits both a pod's own `nodeSelector` and all selections. */
export function selectionConflicts(
  podSpec: unknown,
  selections: readonly NodeSelection[],
): SelectionConflict[] {
  const own = isMembers(podSpec) ? (podSpec['nodeSelector'] as NodeSelection['nodeSelector']) : {};
  const wanted = new Map<string, string>(Object.entries(own ?? {}));
  return selections.flatMap(({ nodeSelector = {} }) =>
    Object.entries(nodeSelector).flatMap(([label, value]): SelectionConflict[] => {
      const before = wanted.get(label) ?? value;
      wanted.set(label, before);
      return before === value ? [] : [{ label, values: [before, value] }];
    }),
  );
}

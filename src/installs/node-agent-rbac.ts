import type { InstallObject } from './install-object';
import { auditsCluster } from './node-agent-access';
import { NODE_AGENT_LABELS, NODE_AGENT_NAME, type NodeAgentPlace } from './node-agent-place';
import { AGENT_VERBS, type AgentVerb, type NodeAgentSettings } from './node-agent-settings';
import { storeRbac } from './store-rbac';

const RBAC = 'rbac.authorization.k8s.io';

interface Subject {
  readonly kind: 'ServiceAccount';
  readonly name: string;
  readonly namespace: string;
}

const WHEREABOUTS = 'whereabouts.cni.cncf.io';

/**
 * The agent's ServiceAccount, which may ask who its callers are, and what its store and its audit need;
 * and what the callers may: verbs of the agent on `agents` of group `netloom.io`, which no object is
 * stored for.
 */
export function nodeAgentRbac(place: NodeAgentPlace, settings: NodeAgentSettings): InstallObject[] {
  const { namespace } = place;
  const { callers = [] } = settings;
  const account: InstallObject = {
    id: 'ServiceAccount',
    manifest: {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: NODE_AGENT_NAME, namespace, labels: NODE_AGENT_LABELS },
      automountServiceAccountToken: false,
    },
  };
  const self: Subject = { kind: 'ServiceAccount', name: NODE_AGENT_NAME, namespace };
  const reviews = [
    rule('authentication.k8s.io', 'tokenreviews', 'create'),
    rule('authorization.k8s.io', 'subjectaccessreviews', 'create'),
  ];
  return [
    account,
    ...(callers.length > 0 ? access('Reviews', `${NODE_AGENT_NAME}-reviews`, reviews, [self]) : []),
    ...(auditsCluster(settings)
      ? access('Audit', `${NODE_AGENT_NAME}-audit`, auditRules(settings), [self])
      : []),
    ...(settings.store?.type === 'kubernetes'
      ? storeRbac({ namespace, serviceAccount: NODE_AGENT_NAME })
      : []),
    ...AGENT_VERBS.flatMap((verb) => callerAccess(verb, settings)),
  ];
}

/** An audit lists; a repair looks at one record once more, and takes that one back. */
function auditRules({ audit }: NodeAgentSettings): object[] {
  const repairs = audit?.repair === true && audit.sources.includes('whereabouts');
  const also = (...verbs: string[]): string[] => (repairs ? verbs : []);
  return [
    rule('', 'pods', 'list', ...also('get')),
    rule(WHEREABOUTS, 'ippools', 'list', ...also('get', 'patch')),
    rule(WHEREABOUTS, 'overlappingrangeipreservations', 'list', ...also('get', 'delete')),
  ];
}

function callerAccess(verb: AgentVerb, { callers = [] }: NodeAgentSettings): InstallObject[] {
  const subjects = callers
    .filter(({ verbs }) => verbs.includes(verb))
    .map(({ serviceAccount: name, namespace }): Subject => {
      return { kind: 'ServiceAccount', name, namespace };
    });
  if (subjects.length === 0) return [];
  const id = `Callers${verb[0]?.toUpperCase()}${verb.slice(1)}`;
  const rules = [rule('netloom.io', 'agents', verb)];
  return access(id, `${NODE_AGENT_NAME}-${verb}`, rules, subjects);
}

function rule(apiGroup: string, resource: string, ...verbs: string[]): object {
  return { apiGroups: [apiGroup], resources: [resource], verbs };
}

/** A ClusterRole and its binding, of one name. */
function access(
  id: string,
  name: string,
  rules: readonly object[],
  subjects: readonly Subject[],
): InstallObject[] {
  const metadata = { name, labels: NODE_AGENT_LABELS };
  const apiVersion = `${RBAC}/v1`;
  return [
    { id: `${id}ClusterRole`, manifest: { apiVersion, kind: 'ClusterRole', metadata, rules } },
    {
      id: `${id}ClusterRoleBinding`,
      manifest: {
        apiVersion,
        kind: 'ClusterRoleBinding',
        metadata,
        roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name },
        subjects,
      },
    },
  ];
}

import { isMembers, type KeyStep } from '../cni';
import type { Problem } from '../errors';
import { checkCron } from './cron';
import { type Placed, placedAt } from './placed';
import { type Manifest, NOTHING, namesOf, type ReadObject } from './read-object';

const UPSTREAM = 'cron-expression';
const OPENSHIFT = 'reconciler_cron_expression';
const OPENSHIFT_NAMESPACE = 'openshift-multus';

/** Reads the schedule of whereabouts' reconciler; undefined for an object that is none. */
export function readSchedule(object: Manifest): ReadObject | undefined {
  const { name, namespace } = namesOf(object);
  if (object.kind !== 'ConfigMap' || !name.endsWith('whereabouts-config')) return undefined;
  const { data } = object;
  if (!isMembers(data)) return NOTHING;
  const problems = [UPSTREAM, OPENSHIFT].flatMap((key): Placed[] => {
    const value = data[key];
    if (value === undefined) return [];
    const path: KeyStep[] = ['data', key];
    const right = keyOf(namespace);
    if (right !== undefined && key !== right && data[right] === undefined) {
      return [placedAt({ path, isKey: true }, otherKey(key, right))];
    }
    return checkCron('', value).map((problem) => placedAt({ path }, problem));
  });
  return { parts: [], problems };
}

/** The name that the reconciler mounts; undefined where the namespace does not tell whose it is. */
function keyOf(namespace: string | undefined): string | undefined {
  if (namespace === OPENSHIFT_NAMESPACE) return OPENSHIFT;
  return namespace === 'kube-system' ? UPSTREAM : undefined;
}

function otherKey(key: string, right: string): Problem {
  return {
    code: 'NL_KEY_MISSPELT',
    key: '',
    found: `"${key}" is not what whereabouts' reconciler looks for here, and the schedule stays as it was`,
    allowed: `${right} (${OPENSHIFT} on OpenShift, ${UPSTREAM} everywhere else)`,
    fix: `${right}?`,
  };
}

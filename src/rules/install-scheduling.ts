import type { Problem } from '../errors';
import type { InstallToleration } from '../installs';
import { checkWord } from './names';
import { shortJson } from './short-json';

/** On which nodes an install's pods run. */
export interface InstallScheduling {
  readonly tolerations?: readonly InstallToleration[] | undefined;
  readonly nodeSelector?: Readonly<Record<string, string>> | undefined;
}

const NAME = '[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?';
const LABEL_KEY = new RegExp(`^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?${NAME}$`);
const LABEL_VALUE = new RegExp(`^(${NAME})?$`);

/**
 * What the API server refuses of labels and tolerations. It would say so of the DaemonSet's pods: of
 * a wrong `nodeSelector` only when none of them comes up.
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
 */
export function checkScheduling({
  tolerations = [],
  nodeSelector = {},
}: InstallScheduling): Problem[] {
  return [
    ...Object.entries(nodeSelector).flatMap(([key, value]) => checkLabel(key, value)),
    ...tolerations.flatMap((one, index) => checkToleration(`tolerations[${index}]`, one)),
  ];
}

function checkLabel(key: string, value: unknown): Problem[] {
  if (!LABEL_KEY.test(key)) {
    return [
      {
        code: 'NL_NAME_INVALID',
        key: 'nodeSelector',
        found: `${shortJson(key)} is not the key of a label`,
        allowed:
          'a name of up to 63 letters, digits, "-", "_" and ".", with a domain and "/" in front',
        fix: 'write it as `kubectl get nodes --show-labels` does',
      },
    ];
  }
  if (typeof value === 'string' && LABEL_VALUE.test(value)) return [];
  return [
    {
      code: 'NL_VALUE_OUT_OF_RANGE',
      key: `nodeSelector[${JSON.stringify(key)}]`,
      found: `${shortJson(value)} is not the value of a label`,
      allowed: 'text of up to 63 letters, digits, "-", "_" and "."; also empty',
      fix:
        typeof value === 'string' ? 'write the value that the nodes have' : `"${String(value)}"?`,
    },
  ];
}

function checkToleration(at: string, toleration: InstallToleration): Problem[] {
  const { key, operator = 'Equal', value, effect, tolerationSeconds } = toleration;
  const conflict = (name: string, found: string, allowed: string, fix: string): Problem => ({
    code: 'NL_VALUES_CONFLICT',
    key: `${at}.${name}`,
    found,
    allowed,
    fix,
  });
  const problems = [
    ...checkWord(`${at}.operator`, operator, ['Exists', 'Equal']),
    ...checkWord(`${at}.effect`, effect, ['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
  ];
  if (!key && operator === 'Equal') {
    problems.push(
      conflict(
        'key',
        'no key, and a taint is compared by it',
        'a key, or operator Exists',
        'Exists?',
      ),
    );
  }
  if (value && operator === 'Exists') {
    const found = `${shortJson(value)} with Exists, which looks at no value`;
    problems.push(conflict('value', found, 'no value, or operator Equal', 'Equal?'));
  }
  if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
    const found = `${shortJson(tolerationSeconds)} counts for the effect NoExecute only`;
    problems.push(conflict('tolerationSeconds', found, 'no time, or NoExecute', 'leave it out'));
  }
  return problems;
}

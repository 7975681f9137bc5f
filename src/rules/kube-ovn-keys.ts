import { distance } from 'fastest-levenshtein';
import type { Problem } from '../errors';
import {
  KUBE_OVN_ANNOTATIONS,
  KUBE_OVN_STATUS_ANNOTATIONS,
  type KubeOvnKey,
  kubeOvnKey,
  kubeOvnProvider,
  type NetworkDefinition,
  parseKubeOvnKey,
} from '../kubernetes';
import { annotationKey } from './annotations';

/** What the controller writes is one letter away from what it reads: `routed`, `routes`. */
const KNOWN = [...KUBE_OVN_ANNOTATIONS, ...KUBE_OVN_STATUS_ANNOTATIONS];

/**
 * Annotations that look like Kube-OVN's, and that it does not read: a name with a slip, or the
 * provider of a network in another form.
 */
export function checkKubeOvnKeys(
  annotations: Readonly<Record<string, string>>,
  networks: readonly NetworkDefinition[],
): Problem[] {
  return Object.keys(annotations).flatMap((key): Problem[] => {
    const parsed = parseKubeOvnKey(key);
    if (!parsed) return [];
    const meant = meantKey(parsed, networks);
    if (meant === undefined || meant === key) return [];
    return [
      {
        code: 'NL_KEY_MISSPELT',
        key: annotationKey(key),
        found: `Kube-OVN does not read "${key}" for this pod`,
        allowed: `annotations that begin with the provider of an attached network: ${networks.map((network) => `${kubeOvnProvider(network)}.kubernetes.io/`).join(', ')}`,
        fix: `${meant}?`,
      },
    ];
  });
}

/** The key that was probably meant; the key itself where all is well; undefined where it is none of ours. */
function meantKey(
  { provider, name, interfaceName }: KubeOvnKey,
  networks: readonly NetworkDefinition[],
): string | undefined {
  for (const network of networks) {
    const right = kubeOvnProvider(network) as string;
    const isOwn =
      provider === right || (right.endsWith('.ovn') && provider.startsWith(`${right}.`));
    const isPlain = interfaceName !== undefined && `${provider}.ovn` === right;
    if (isOwn || isPlain) return withName(provider, name, interfaceName);
    if (isNearly(provider, network, right)) {
      return withName(right, name, right.endsWith('.ovn') ? undefined : interfaceName);
    }
  }
  return undefined;
}

function isNearly(
  provider: string,
  { name, namespace }: NetworkDefinition,
  right: string,
): boolean {
  const swapped = `${namespace}.${name}`;
  return [`${right}.ovn`, right.replace(/\.ovn$/, ''), swapped, `${swapped}.ovn`].includes(
    provider,
  );
}

function withName(provider: string, name: string, interfaceName: string | undefined): string {
  const suffix = interfaceName === undefined ? '' : `.${interfaceName}`;
  if (KNOWN.includes(name)) return `${kubeOvnKey(provider, name)}${suffix}`;
  const meant = KUBE_OVN_ANNOTATIONS.find((known) => isSlip(known, name)) ?? name;
  return `${kubeOvnKey(provider, meant)}${suffix}`;
}

function isSlip(known: string, name: string): boolean {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[-_]/g, '');
  return plain(known) === plain(name) || (known.length >= 5 && distance(known, name) <= 2);
}

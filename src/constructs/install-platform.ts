import { type Construct, type IConstruct, Node } from 'constructs';
import type { Problem } from '../errors';
import { isSameCluster } from './cluster-facts';
import { isInTree } from './host-parts';
import { modelOf } from './model';
import { Platform } from './platform';

const platforms = new WeakMap<IConstruct, Platform>();

/**
 * The platform of an install: that of its props, else of the nearest scope that has one, else upstream
 * Kubernetes. One with the name of a cluster holds for what is below the install as well, so that
 * installs of several clusters are kept apart.
 */
export function platformOfInstall(install: Construct, given: Platform | undefined): Platform {
  if (given?._clusterName !== undefined) given.applyTo(install);
  const platform = given ?? Platform.of(install) ?? Platform.kubernetes();
  platforms.set(install, platform);
  return platform;
}

/**
 * A platform that came too late: objects are made with the construct, and would be those of another
 * platform.
 *
 * @param platform the one that they were made for
 * @param given that of the props, which wins over all others
 */
export function checkPlatformInTime(
  install: IConstruct,
  platform: Platform,
  given: Platform | undefined,
): Problem[] {
  const now = given ?? Platform.of(install) ?? platform;
  if (identityOf(now) === identityOf(platform)) return [];
  return [
    {
      code: 'NL_VALUES_CONFLICT',
      key: 'platform',
      found: `made for ${platform.name}, and a Platform (${now.name}) was applied to its scope after that`,
      allowed: 'one platform, known when an install is made',
      fix: `call applyTo in front of the install, or set platform: Platform.${factoryOf(now)}(...) on it`,
    },
  ];
}

/**
 * An install that is there already: both would write objects of the same names. Charts and OpenShift's
 * operator have one object for all installs, which says itself what does not go together.
 *
 * @param isOurs true for installs that are objects of our own on every platform
 */
export function checkInstalledOnce(
  install: IConstruct,
  platform: Platform,
  isOurs = false,
): Problem[] {
  if (!isOurs && ['k3s', 'rke2', 'openshift', 'microshift'].includes(platform.name)) return [];
  const kind = install.constructor.name;
  for (const [other] of modelOf(install).installs) {
    if (other === install) return [];
    const isAlike = other.constructor === install.constructor && isInTree(other);
    // Without a name, a cluster is at least of one platform.
    const isElsewhere = platforms.get(other)?.name !== platform.name;
    if (isAlike && !isElsewhere && isSameCluster(other, install)) {
      return [
        {
          code: 'NL_NAME_TWICE',
          key: '',
          found: `"${Node.of(other).path}" is a ${kind} of the same cluster, with objects of the same names`,
          allowed: `one ${kind} for each cluster; several clusters have a Platform each, with a name (cluster)`,
          fix: 'leave one of them out',
        },
      ];
    }
  }
  return [];
}

function identityOf({ _facts, _cluster }: Platform): string {
  return JSON.stringify([_facts, _cluster.isolation]);
}

function factoryOf({ name }: Platform): string {
  return name === 'kube-ovn' ? 'kubeOvn' : name;
}

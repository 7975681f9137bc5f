import * as pulumi from '@pulumi/pulumi';
import { NetloomError } from '../errors';
import {
  PLATFORM_NAMES,
  type PlatformFacts,
  type PlatformName,
  platformFacts,
} from '../kubernetes';
import type { ClusterFacts } from '../rules';

/**
 * The platform of a name.
 *
 * @param key where the name was read, for the message
 * @throws NetloomError NL_PLATFORM_UNSUPPORTED
 */
export function platformNamed(name: string, key: string): PlatformFacts {
  if ((PLATFORM_NAMES as string[]).includes(name)) return platformFacts(name as PlatformName);
  throw new NetloomError({
    code: 'NL_PLATFORM_UNSUPPORTED',
    key,
    found: `${JSON.stringify(name)} is not known`,
    allowed: `one of ${PLATFORM_NAMES.join(', ')}`,
    fix: `pulumi config set netloom:platform ${PLATFORM_NAMES[0]}`,
  });
}

/** `netloom:platform` of the stack's configuration; undefined where nothing is said. */
export function configuredPlatform(): PlatformFacts | undefined {
  const name = new pulumi.Config('netloom').get('platform');
  return name === undefined ? undefined : platformNamed(name, 'netloom:platform');
}

/** What the stack's configuration says of the cluster. */
export function clusterFacts(): ClusterFacts {
  const platform = configuredPlatform();
  return platform === undefined ? {} : { platform };
}

import type { TapSettings } from '../cni';
import type { Problem } from '../errors';
import { checkMac } from './macs';
import { ignored } from './unknown-keys';

/** What tap refuses or ignores beside its keys' own types and limits. */
export function checkTap(settings: TapSettings): Problem[] {
  const { mac } = settings;
  if (!ignoresMtuAndMac(settings)) return mac ? checkMac('mac', mac) : [];
  return (['mtu', 'mac'] as const).flatMap((prop) =>
    settings[prop]
      ? [
          ignored(
            prop,
            `with owner and group, the plugin makes the device in another way, and ${prop} is lost`,
            'leave owner or group out, or set it with tuning',
          ),
        ]
      : [],
  );
}

/** True where the plugin calls netlink instead of `ip`, without the attributes (plugins 1.3 to 1.9). */
export function ignoresMtuAndMac({ owner, group, selinuxContext }: TapSettings): boolean {
  return owner !== undefined && group !== undefined && !selinuxContext;
}

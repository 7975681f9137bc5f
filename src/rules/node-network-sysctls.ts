import { keyOfSteps } from '../cni';
import type { Problem } from '../errors';

/** What belongs to one interface; `IFNAME` stands for its name. */
const SYSCTL = /^net\.(ipv4\.(conf|neigh)|ipv6\.(conf|neigh)|mpls\.conf)\.IFNAME\.[a-z0-9_]+$/;

const VALUE = /^[A-Za-z0-9.:_-]([A-Za-z0-9 .:_-]{0,62}[A-Za-z0-9.:_-])?$/;

/** Checks the kernel settings of a link of the host. */
export function checkHostSysctls(sysctls: Readonly<Record<string, string>>): Problem[] {
  return Object.entries(sysctls).flatMap(([name, value]): Problem[] => {
    const key = keyOfSteps(['sysctls', name]);
    if (!SYSCTL.test(name)) {
      const [, family, tree, file] =
        /^net\.(ipv[46])\.(conf|neigh)\..+\.([a-z0-9_]+)$/.exec(name) ?? [];
      return [
        {
          code: 'NL_SYSCTL_INVALID',
          key,
          found: `"${name}" is no setting of one interface`,
          allowed:
            'net.ipv4.conf.IFNAME.*, net.ipv4.neigh.IFNAME.*, the same of ipv6, and net.mpls.conf.IFNAME.*',
          fix:
            file === undefined
              ? 'set it in /etc/sysctl.d'
              : `net.${family}.${tree}.IFNAME.${file}?`,
        },
      ];
    }
    if (typeof value === 'string' && VALUE.test(value)) return [];
    return [
      {
        code: 'NL_SYSCTL_INVALID',
        key,
        found: `${JSON.stringify(value)} is no value that is fit for a setting`,
        allowed: '1 to 64 letters, digits, ".", ":", "_", "-" and blanks within',
        fix: "give it as text: '1'",
      },
    ];
  });
}

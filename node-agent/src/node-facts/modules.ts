import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { NodeModule } from 'netloom';
import type { HostRoot } from './host-files';

/** Modules that networks need, by the interface plugins of their kind. */
const MODULES = ['bridge', 'macvlan', 'ipvlan', '8021q', 'dummy', 'vrf', 'tun', 'bonding'] as const;

/** Configuration keys of the same, for kernels that have no modules at all. */
const KEYS: Readonly<Record<(typeof MODULES)[number], string>> = {
  bridge: 'CONFIG_BRIDGE',
  macvlan: 'CONFIG_MACVLAN',
  ipvlan: 'CONFIG_IPVLAN',
  '8021q': 'CONFIG_VLAN_8021Q',
  dummy: 'CONFIG_DUMMY',
  vrf: 'CONFIG_NET_VRF',
  tun: 'CONFIG_TUN',
  bonding: 'CONFIG_BONDING',
};

/** Which of the kernel's modules are there. `unknown` where the host's files don't tell. */
export function readModules(host: HostRoot, kernel: string): NodeModule[] {
  const loaded = new Set(
    readProc('/proc/modules')
      .split('\n')
      .map((line) => line.split(' ')[0]),
  );
  const folder = path.join('/lib/modules', kernel);
  const builtIn = host.read(path.join(folder, 'modules.builtin'));
  const available = host.read(path.join(folder, 'modules.dep'));
  const config = host.read(`/boot/config-${kernel}`);
  return MODULES.map((name) => {
    const has = (list: string | undefined): boolean =>
      list !== undefined && new RegExp(`/${name}\\.ko(?:\\.\\w+)?(?::|$)`, 'm').test(list);
    if (loaded.has(name)) return { name, state: 'loaded' };
    if (has(builtIn) || new RegExp(`^${KEYS[name]}=y`, 'm').test(config ?? '')) {
      return { name, state: 'built-in' };
    }
    if (has(available)) return { name, state: 'available' };
    return { name, state: available === undefined ? 'unknown' : 'missing' };
  });
}

function readProc(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

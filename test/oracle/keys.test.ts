import { PLUGIN_KEYS, type PluginCase, type PluginKey, TABLES } from './cases';
import { compareReleases, hasKey, INSTALLED, NEWER, type Plugins } from './support/releases';

/** Keys that no machine of a test can give a good value to. */
const UNTRIED: readonly string[] = [
  // A real card; its refusals are tried.
  'host-device kernelpath',
  'host-device pciBusID',
  // A kernel with SELinux.
  'tap selinuxContext',
  // A running firewalld.
  'firewall firewalldZone',
];

const named = ({ plugin, key }: PluginKey): string => `${plugin} ${key}`;

/** True when a value, or a part of it, is an object with this key. */
function contains(value: unknown, key: string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([name, part]) => name === key || contains(part, key));
}

/** True when a configuration gives the key to the plugin, not to another of the chain. */
function gives(one: PluginCase, { plugin, key }: PluginKey): boolean {
  const found = (part: any): boolean => {
    if (typeof part !== 'object' || part === null) return false;
    if (part.type === plugin) {
      const { ipam: _, ...own } = part;
      if (contains(own, key)) return true;
    }
    return Object.values(part).some(found);
  };
  return found(one.chain);
}

test('every key has a case that the plugins accept', () => {
  const accepted = TABLES.flatMap(({ cases }) => cases).filter(({ want }) => want === 'accepted');
  const missing = PLUGIN_KEYS.filter((key) => !accepted.some((one) => gives(one, key))).map(named);
  expect(missing).toEqual(UNTRIED);
});

test('the names of the cases of a table differ', () => {
  for (const { cases } of TABLES) {
    const names = cases.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
  }
});

describe.each<[string, Plugins | undefined]>([
  ['the plugins of this machine', INSTALLED],
  ['newer plugins', NEWER],
])('%s', (name, plugins) => {
  if (plugins === undefined) {
    const where =
      name === 'newer plugins' ? 'NETLOOM_CNI_PLUGINS_NEW names no folder' : 'none found';
    test.skip(`know the keys of their release (skipped: ${where})`, () => {});
    return;
  }

  test('know the keys of their release, and no later ones', () => {
    const since = ({ since = '0.9.1' }: PluginKey): boolean =>
      compareReleases(plugins.release, since) >= 0;
    const known = PLUGIN_KEYS.filter(({ plugin, key }) => hasKey(plugins.folder, plugin, key));
    expect(known.map(named)).toEqual(PLUGIN_KEYS.filter(since).map(named));
  });
});

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { cniPath } from '../../../scripts/tools';
import type { PluginCase } from '../cases/case';

/** A folder of plugins, and which release they are. */
export interface Plugins {
  readonly folder: string;
  /** E.g. `1.9.1`. Of plugins that do not say: the oldest release that can do what they can. */
  readonly release: string;
}

/** What tells the release of plugins that don't, as Debian's: keys of the bridge, newest first. */
const MARKS = [
  ['1.7.0', 'portIsolation'],
  ['1.6.0', 'ipMasqBackend'],
  ['1.4.1', 'disableContainerInterface'],
  ['1.3.0', 'vlanTrunk'],
  ['1.1.0', 'macspoofchk'],
  ['0.9.1', 'bridge'],
] as const;

/** True when a plugin reads a key: Go keeps the tags of its structures in the binary. */
export function hasKey(folder: string, plugin: string, key: string): boolean {
  const file = path.join(folder, plugin);
  if (!existsSync(file)) return false;
  const binary = readFileSync(file);
  return [`json:"${key}"`, `json:"${key},`].some((tag) => binary.includes(tag));
}

/** Negative where `a` is older than `b`. */
export function compareReleases(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split('.').map(Number)) as [number[], number[]];
  const at = left.findIndex((number, index) => number !== right[index]);
  return at < 0 ? 0 : (left[at] as number) - (right[at] ?? 0);
}

function releaseOf(folder: string): string {
  const { stdout, stderr } = spawnSync(path.join(folder, 'bridge'), [], {
    encoding: 'utf8',
    env: {},
  });
  const said = /plugin v(\d+\.\d+\.\d+)/.exec(`${stdout}${stderr}`)?.[1];
  return said ?? MARKS.find(([, key]) => hasKey(folder, 'bridge', key))?.[0] ?? '0.9.0';
}

function pluginsIn(folder: string | undefined): Plugins | undefined {
  return folder === undefined ? undefined : { folder, release: releaseOf(folder) };
}

/** Those that the machine has. */
export const INSTALLED = pluginsIn(cniPath());

/** Newer ones, for what the machine's can't do: in a folder that NETLOOM_CNI_PLUGINS_NEW names. */
export const NEWER = pluginsIn(process.env['NETLOOM_CNI_PLUGINS_NEW'] || undefined);

/** The plugins of this machine that know what a case is about, its own first. */
export function pluginsFor(one: PluginCase): Plugins | undefined {
  const { since = '0.9.1' } = one;
  return [INSTALLED, NEWER].find(
    (plugins) => plugins !== undefined && compareReleases(plugins.release, since) >= 0,
  );
}

/** A case with the answers that plugins of a release give. */
export function asOf(one: PluginCase, release: string): PluginCase {
  const { later = [], want, gives, shows, leaves, ...rest } = one;
  const newest = later.findLast(({ from }) => compareReleases(release, from) >= 0);
  if (newest === undefined)
    return {
      ...rest,
      want,
      ...(gives && { gives }),
      ...(shows && { shows }),
      ...(leaves && { leaves }),
    };
  const { from: _, ...answers } = newest;
  return { ...rest, ...answers };
}

import { stringify } from 'yaml';
import type { ChartValues, InstallManifest, InstallObject } from './install-object';

/** Values of a Helm chart, as far as they are set. */
export type Values = Readonly<Record<string, unknown>>;

/** Values of several installs as one, and the keys that two of them want differently. */
export interface MergedValues {
  readonly values: Values;
  /** E.g. `config.cni_conf.logLevel`; the first one's value is kept. */
  readonly conflicts: readonly string[];
}

/** Merges values, whatever order they come in: maps member by member, all else has to be the same. */
export function mergeValues(all: readonly Values[]): MergedValues {
  const conflicts: string[] = [];
  const values = all.reduce((into, one) => mergeInto(into, one, '', conflicts), {});
  return { values: sortedMap(values), conflicts: [...new Set(conflicts)].sort() };
}

/** Values as a chart's object takes them: YAML text with sorted keys. */
export function valuesText(values: Values): string {
  return goYaml(sortedMap(values), {});
}

/** YAML for programs in Go, to which a plain `yes` is a boolean as in YAML 1.1. */
export function goYaml(content: object, options: { readonly indentSeq?: boolean }): string {
  return stringify(content, { ...options, lineWidth: 0, compat: 'yaml-1.1' });
}

/** Leaves out what is undefined, and maps that have nothing in them. */
export function setValues(values: Values): Values {
  const set = Object.entries(values).flatMap(([key, value]): [string, unknown][] => {
    const kept = isMap(value) ? setValues(value) : value;
    return kept === undefined || (isMap(kept) && Object.keys(kept).length === 0)
      ? []
      : [[key, kept]];
  });
  return Object.fromEntries(set);
}

/** The object of a chart, with its values; nothing where there are none to be set. */
export function chartObjects(
  id: string,
  manifest: InstallManifest & { readonly spec?: Values },
  wanted: Values,
  file?: ChartValues['file'],
): InstallObject[] {
  const values = setValues(wanted);
  if (Object.keys(values).length === 0) return [];
  const spec = { ...manifest.spec, valuesContent: valuesText(values) };
  return [{ id, manifest: { ...manifest, spec }, chart: { values, file } }];
}

function mergeInto(into: Values, from: Values, path: string, conflicts: string[]): Values {
  const merged: Record<string, unknown> = { ...into };
  for (const [key, value] of Object.entries(from)) {
    const before = merged[key];
    const at = `${path}${key}`;
    if (before === undefined) merged[key] = value;
    else if (isMap(before) && isMap(value))
      merged[key] = mergeInto(before, value, `${at}.`, conflicts);
    else if (JSON.stringify(before) !== JSON.stringify(value)) conflicts.push(at);
  }
  return merged;
}

function sortedMap(values: Values): Values {
  const entries = Object.entries(values).map(([key, value]) => [
    key,
    isMap(value) ? sortedMap(value) : value,
  ]);
  return Object.fromEntries(entries.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))) as Values;
}

function isMap(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

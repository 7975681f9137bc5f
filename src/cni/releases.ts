import type { Component } from './spec';

/**
 * Releases that the nodes have, e.g. `{ plugins: '1.6.0' }`: what they don't know is refused, and
 * defaults that differ between them are written out. A component that is not named is taken to be
 * new enough.
 */
export interface TargetVersions {
  /** Release of containernetworking/plugins, e.g. `1.1.1`. @default - any */
  readonly plugins?: string | undefined;
  /** Release of Multus, e.g. `4.2.0`. @default - any */
  readonly multus?: string | undefined;
  /** Release of whereabouts, e.g. `0.9.4`. @default - any */
  readonly whereabouts?: string | undefined;
}

/** What a component is called in messages. */
export const COMPONENT_NAMES: Readonly<Record<Component, string>> = {
  plugins: 'CNI plugins',
  multus: 'Multus',
  whereabouts: 'whereabouts',
};

const RELEASE = /^v?(\d+)\.(\d+)(?:\.(\d+))?(?:[-+].*)?$/;

/** The numbers of a release, or undefined for a text that is none. */
export function parseRelease(text: unknown): [number, number, number] | undefined {
  const [, major, minor, patch = '0'] = RELEASE.exec(typeof text === 'string' ? text : '') ?? [];
  if (major === undefined || minor === undefined) return undefined;
  return [Number(major), Number(minor), Number(patch)];
}

/** Negative where `a` is older than `b`, 0 for the same release; what is no release is newest. */
export function compareReleases(a: string, b: string): number {
  const [left, right] = [parseRelease(a), parseRelease(b)];
  if (!left || !right) return (left ? 0 : 1) - (right ? 0 : 1);
  const at = left.findIndex((number, index) => number !== right[index]);
  return at < 0 ? 0 : (left[at] as number) - (right[at] as number);
}

/** The release that brought a version of the CNI specification to the plugins. */
export function pluginsForCniVersion(cniVersion: string): string | undefined {
  if (cniVersion === '1.1.0') return '1.6.0';
  return cniVersion === '1.0.0' ? '1.0.0' : undefined;
}

import type { Problem } from '../errors';
import { checkOptionNames } from '../rules';
import type { AttachOptions } from './attach-options';

const NONE: readonly Problem[] = [];

/** All of them. */
const OPTIONS: ReadonlySet<string> = new Set(
  Object.keys({
    interface: true,
    ips: true,
    mac: true,
    defaultRoute: true,
    claim: true,
    nodeGroup: true,
    portMappings: true,
    bandwidth: true,
    kubeOvn: true,
    infinibandGuid: true,
    cniArgs: true,
    deviceID: true,
    ipamClaimReference: true,
    binding: true,
    extra: true,
  } satisfies { readonly [Name in keyof AttachOptions]-?: true }),
);

/** Options as rules can look at them, and what is wrong with those that somebody without types gave. */
export function understood(given: AttachOptions): {
  options: AttachOptions;
  wrong: readonly Problem[];
} {
  const { claim, ips, defaultRoute } = given;
  const names = checkOptionNames(given, OPTIONS, 'an attachment');
  if (names.length === 0 && !isNoList(ips) && !isNoList(defaultRoute) && !isNoClaim(claim)) {
    return { options: given, wrong: NONE };
  }
  const wrong: Problem[] = [...names];
  const options: Record<string, unknown> = { ...given };
  const drop = (option: keyof AttachOptions, allowed: string, fix: string): void => {
    const found = `${said(given[option])} is no ${option === 'claim' ? 'claim' : 'list'}`;
    wrong.push({ code: 'NL_TYPE_WRONG', key: option, found, allowed, fix });
    delete options[option];
  };
  if (isNoClaim(claim)) {
    drop('claim', 'an AddressClaim of this program', "new AddressClaim(this, 'id', { network })");
  }
  if (isNoList(ips)) drop('ips', 'a list of addresses', `[${said(ips)}]?`);
  if (isNoList(defaultRoute)) {
    drop('defaultRoute', 'a list of next hops', `[${said(defaultRoute)}]?`);
  }
  return { options, wrong };
}

function isNoList(value: unknown): boolean {
  return value !== undefined && !Array.isArray(value);
}

/** Not by class, which a second copy of the library has another one of. A network has a method of that name. */
function isNoClaim(claim: AttachOptions['claim'] | null): boolean {
  return claim !== undefined && typeof claim?._claim !== 'object';
}

/** A construct can't be told as JSON: it leads to the whole tree. */
function said(value: unknown): string {
  const isPlain = typeof value !== 'object' || value === null || value.constructor === Object;
  return isPlain ? String(JSON.stringify(value)) : `a ${value.constructor?.name ?? 'thing'}`;
}

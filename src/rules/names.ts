import type { Problem } from '../errors';
import { shortJson } from './short-json';

/** IFNAMSIZ - 1. */
export const IFNAME_BYTES = 15;

/** Words that mean something else to iproute2 or the kernel's sysctl tree. */
const RESERVED_IFNAMES = ['all', 'default', 'lo'];

/**
 * Checks the name of a network interface that exists or shall be made.
 *
 * Stricter than the kernel, which takes blanks in disguise, leading dashes and quotes: such a name
 * can't be told from an option on a command line.
 */
export function checkIfname(key: string, name: unknown): Problem[] {
  const bytes = typeof name === 'string' ? Buffer.byteLength(name) : 0;
  if (typeof name === 'string' && bytes > IFNAME_BYTES) {
    return [
      {
        code: 'NL_IFNAME_TOO_LONG',
        key,
        found: `"${name}" is ${bytes} bytes long`,
        allowed: `1 to ${IFNAME_BYTES} bytes (IFNAMSIZ - 1)`,
        fix: 'use the kernel name shown by `ip link`, or choose a shorter one',
      },
    ];
  }
  const fits = typeof name === 'string' && /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name);
  if (fits && !RESERVED_IFNAMES.includes(name)) return [];
  return [
    {
      code: 'NL_IFNAME_INVALID',
      key,
      found: `${shortJson(name)} is not fit for a network interface`,
      allowed: `letters, digits, ".", "_" and "-", beginning with a letter or digit, and not ${RESERVED_IFNAMES.join(', ')}`,
      fix: 'choose a name such as br-test or eth1',
    },
  ];
}

/**
 * Checks the name of a link that netloom itself makes with iproute2, to which `if5` is the link with
 * index 5.
 */
export function checkLinkName(key: string, name: unknown): Problem[] {
  if (typeof name !== 'string' || !/^if\d+$/.test(name)) return checkIfname(key, name);
  return [
    {
      code: 'NL_IFNAME_INVALID',
      key,
      found: `"${name}" means the link with index ${name.slice(2)} to iproute2`,
      allowed: 'a name that is not "if" and a number',
      fix: `br-${name}?`,
    },
  ];
}

/**
 * Checks the name of a Kubernetes object that netloom makes: a DNS-1123 subdomain of up to 63 bytes.
 *
 * @param suffix what a second object of that name ends with, where that is why it has to be shorter
 */
export function checkObjectName(
  key: string,
  name: unknown,
  maxLength = 63,
  suffix = '',
): Problem[] {
  const shape = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
  const because = suffix === '' ? '' : ` (there is a second object, named with "${suffix}" behind)`;
  return checkName(key, name, {
    shape,
    maxLength,
    what: 'a Kubernetes object',
    allowed: `1 to ${maxLength} of a-z, 0-9, "-" and ".", beginning and ending with a letter or digit${because}`,
  });
}

/** Checks the name of a namespace: a DNS-1123 label. */
export function checkNamespace(key: string, name: unknown): Problem[] {
  return checkName(key, name, {
    shape: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
    maxLength: 63,
    what: 'a namespace',
    allowed: '1 to 63 of a-z, 0-9 and "-", beginning and ending with a letter or digit',
  });
}

/** Checks the name in a CNI configuration, which host-local makes a folder of (libcni). */
export function checkConfigName(key: string, name: unknown): Problem[] {
  if (typeof name === 'string' && /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name)) return [];
  const text = typeof name === 'string' ? name : '';
  const plain = text.replace(/[^a-zA-Z0-9_.-]+/g, '-').replace(/^[_.-]+/, '');
  return [
    {
      code: 'NL_NAME_INVALID',
      key,
      found: `${shortJson(name)} is not a name for a CNI configuration, and every plugin refuses it`,
      allowed: 'letters, digits, ".", "_" and "-", beginning with a letter or digit',
      fix: plain === '' ? 'choose a plain name' : `${plain}?`,
    },
  ];
}

interface NameRule {
  readonly shape: RegExp;
  readonly maxLength: number;
  readonly what: string;
  readonly allowed: string;
}

function checkName(key: string, name: unknown, rule: NameRule): Problem[] {
  const text = typeof name === 'string' ? name : '';
  const fits = (one: string): boolean => rule.shape.test(one) && one.length <= rule.maxLength;
  if (fits(text)) return [];
  const plain = text.toLowerCase().replace(/[^a-z0-9.-]+/g, '-');
  const suggestion = [plain, plain.replaceAll('.', '-')]
    .map((one) => one.replace(/^[-.]+|[-.]+$/g, ''))
    .find(fits);
  return [
    {
      code: 'NL_NAME_INVALID',
      key,
      found:
        text.length > rule.maxLength
          ? `"${text}" is ${text.length} characters long`
          : `${shortJson(name)} is not a name for ${rule.what}`,
      allowed: rule.allowed,
      fix: suggestion ? `${suggestion}?` : 'choose a shorter, plain name',
    },
  ];
}

/** Checks a whole number. */
export function checkInteger(
  key: string,
  value: number | undefined,
  least: number,
  most: number,
  unit: string,
): Problem[] {
  if (value === undefined) return [];
  if (Number.isInteger(value) && value >= least && value <= most) return [];
  return [
    {
      code: 'NL_VALUE_OUT_OF_RANGE',
      key,
      found: `${shortJson(value)} is not ${unit}`,
      allowed: `a whole number from ${least} to ${most}`,
      fix: Number.isFinite(value)
        ? `${Math.min(most, Math.max(least, Math.round(value)))}?`
        : 'give a number',
    },
  ];
}

/** Checks a word against the ones there are; suggests the lower-case one. */
export function checkWord(
  key: string,
  value: string | undefined,
  allowed: readonly string[],
): Problem[] {
  if (value === undefined || allowed.includes(value)) return [];
  const given: unknown = value;
  const text = typeof given === 'string' ? given.toLowerCase() : undefined;
  const lower = allowed.find((word) => word === text);
  return [
    {
      code: 'NL_VALUE_OUT_OF_RANGE',
      key,
      found: `${shortJson(value)} is not known`,
      allowed: `one of ${allowed.join(', ')}`,
      fix: lower ? `${lower}?` : 'use one of these',
    },
  ];
}

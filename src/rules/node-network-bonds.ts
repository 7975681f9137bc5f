import type { Problem } from '../errors';
import { BOND_HASH_POLICIES, BOND_MODES, type BondLink } from '../kubernetes';
import { checkLinkReference } from './link-references';
import { checkInteger, checkWord } from './names';

/** Modes in which an option counts; the kernel refuses it in others. */
const MODES_OF: Readonly<Record<string, readonly string[]>> = {
  lacpRate: ['802.3ad'],
  minLinks: ['802.3ad'],
  failOverMac: ['active-backup'],
  primary: ['active-backup', 'balance-tlb', 'balance-alb'],
};

/** Checks what a bond has beside the settings of any link. */
export function checkBond(bond: BondLink): Problem[] {
  const { ports = [], mode, miimon = 100 } = bond;
  const milliseconds = (key: 'miimon' | 'updelay' | 'downdelay'): Problem[] => {
    const value = bond[key];
    const bad = checkInteger(key, value, 0, 600_000, 'a number of milliseconds');
    if (bad.length > 0 || key === 'miimon' || !value || (miimon > 0 && value % miimon === 0))
      return bad;
    return [
      conflict(
        key,
        `${value} is no multiple of miimon, ${miimon}, and the kernel rounds it down`,
        'a multiple of miimon',
        miimon === 0 ? 'miimon: 100' : `${Math.max(1, Math.round(value / miimon)) * miimon}?`,
      ),
    ];
  };
  return [
    ...checkWord('mode', mode, BOND_MODES),
    ...ports.flatMap((port, index) => checkLinkReference(`ports[${index}]`, port)),
    ...milliseconds('miimon'),
    ...milliseconds('updelay'),
    ...milliseconds('downdelay'),
    ...checkWord('lacpRate', bond.lacpRate, ['slow', 'fast']),
    ...checkWord('xmitHashPolicy', bond.xmitHashPolicy, BOND_HASH_POLICIES),
    ...checkInteger('minLinks', bond.minLinks, 0, 64, 'a number of ports'),
    ...checkWord('failOverMac', bond.failOverMac, ['none', 'active', 'follow']),
    ...checkPrimary(bond),
    ...Object.entries(MODES_OF).flatMap(([key, modes]) => {
      const isGiven = bond[key as 'primary'] !== undefined;
      if (!isGiven || modes.includes(mode)) return [];
      return [
        conflict(
          key,
          `it does not count in mode ${mode}, and the kernel refuses it`,
          `modes ${modes.join(', ')}`,
          'leave it out, or choose another mode',
        ),
      ];
    }),
  ];
}

function checkPrimary({ primary, ports = [] }: BondLink): Problem[] {
  if (primary === undefined || ports.includes(primary) || ports.some((one) => one.includes(':')))
    return [];
  return [
    conflict(
      'primary',
      `"${primary}" is no port of the bond`,
      `one of ${ports.join(', ') || 'its ports'}`,
      ports[0] === undefined ? 'give the bond ports' : `${ports[0]}?`,
    ),
  ];
}

function conflict(key: string, found: string, allowed: string, fix: string): Problem {
  return { code: 'NL_VALUES_CONFLICT', key, found, allowed, fix };
}

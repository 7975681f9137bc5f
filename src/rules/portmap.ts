import type { PortmapSettings } from '../cni';
import type { Problem } from '../errors';

/** What portmap refuses beside its keys' own limits. */
export function checkPortmap(settings: PortmapSettings): Problem[] {
  return [...checkMark(settings), ...checkBackend(settings)];
}

function checkMark({ markMasqBit, externalSetMarkChain }: PortmapSettings): Problem[] {
  if (markMasqBit === undefined || externalSetMarkChain === undefined) return [];
  return [
    {
      code: 'NL_VALUES_CONFLICT',
      key: 'externalSetMarkChain',
      found: 'markMasqBit and externalSetMarkChain are both set',
      allowed: 'one of them',
      fix: 'leave one of them out',
    },
  ];
}

type Backend = 'iptables' | 'nftables';

/** Settings that are written for one backend; since plugins 1.6.0 they have to be for the same one. */
function checkBackend(settings: PortmapSettings): Problem[] {
  const written = writtenFor(settings);
  const backend = settings.backend ?? written[0]?.backend;
  return written.flatMap(({ key, backend: own }): Problem[] => {
    if (own === backend || backend === undefined) return [];
    return [
      {
        code: 'NL_VALUES_CONFLICT',
        key,
        found: `${key} is written for ${own}, and the backend is ${backend}`,
        allowed: 'conditions and chains of one backend',
        fix: 'write it for the other backend, or leave it out',
      },
    ];
  });
}

function writtenFor(settings: PortmapSettings): { key: string; backend: Backend }[] {
  const conditions = (['conditionsV4', 'conditionsV6'] as const).flatMap((key) => {
    const [first = ''] = settings[key] ?? [];
    // No condition of nftables begins like an argument.
    return first === '' ? [] : [{ key, backend: /^[-!]/.test(first) ? IPTABLES : NFTABLES }];
  });
  const isMarked = settings.externalSetMarkChain !== undefined;
  return isMarked
    ? [{ key: 'externalSetMarkChain', backend: IPTABLES }, ...conditions]
    : conditions;
}

const IPTABLES: Backend = 'iptables';
const NFTABLES: Backend = 'nftables';

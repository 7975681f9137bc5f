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

/** Settings are written for one backend: iptables, unless plugins from 1.6.0 on are told otherwise. */
function checkBackend(settings: PortmapSettings): Problem[] {
  const written = writtenFor(settings);
  const backend = settings.backend || IPTABLES;
  const isChosen = settings.backend === backend;
  const isMixed = written.some((one) => one.backend === backend);
  return written.flatMap(({ key, backend: own }): Problem[] => {
    if (own === backend) return [];
    return [
      {
        code: 'NL_VALUES_CONFLICT',
        key,
        found: `${key} is written for ${own}, and the backend is ${backend}${isChosen ? '' : ', as where none is chosen'}`,
        allowed: 'conditions and chains of one backend',
        fix:
          isChosen || isMixed
            ? 'write it for the other backend, or leave it out'
            : `set backend: '${own}'`,
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

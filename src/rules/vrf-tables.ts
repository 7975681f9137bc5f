import type { Problem } from '../errors';
import type { AttachmentIntent } from './attachments';
import { labelOf } from './segments';

/** Networks of one pod that share a VRF have to agree on its routing table; 0 takes what is there. */
export function checkVrfTables(intents: readonly AttachmentIntent[]): Problem[] {
  const tables = new Map<string, { table: number; by: string }>();
  return intents.flatMap(({ network }, index) =>
    (network?.chain ?? []).flatMap((chain): Problem[] => {
      if (chain.kind !== 'vrf' || !network) return [];
      const { vrfname, table = 0 } = chain.settings;
      if (table === 0) return [];
      const before = tables.get(vrfname);
      if (!before) {
        tables.set(vrfname, { table, by: `network "${labelOf(network)}"` });
        return [];
      }
      if (before.table === table) return [];
      return [
        {
          code: 'NL_VRF_TABLE',
          key: `attachments[${index}]`,
          found: `network "${labelOf(network)}" puts VRF "${vrfname}" on table ${table}, and ${before.by} of the same pod on table ${before.table}, which the plugin refuses`,
          allowed: 'one table for a VRF in all networks of a pod',
          fix: 'set the same table, give the VRFs different names, or leave table out',
        },
      ];
    }),
  );
}

import { networkInterfaces } from 'node:os';
import { checkpointsSchema, confirmedSchema } from 'netloom/agent-api';
import { z } from 'zod';
import { route } from '../route';
import { plainAddress } from './params';

const idParams = z.object({ id: z.string().max(64) });

/** Changes of the host that are taken back unless they are confirmed. */
export const CHECKPOINT_ROUTES = [
  route({
    name: 'checkpoints',
    method: 'GET',
    path: '/v1/checkpoints',
    summary: 'The change that waits for its confirmation, and whether a watchdog is there',
    verbs: ['read'],
    answer: checkpointsSchema,
    handle: async (_call, { checkpoints }) => {
      const { current } = checkpoints;
      const watchdog = await checkpoints.isWatched();
      if (!current) return { watchdog };
      const { id, subject, secondsLeft } = current;
      return { open: { id, subject, seconds: secondsLeft }, watchdog };
    },
  }),
  route({
    name: 'confirmChange',
    method: 'POST',
    path: '/v1/checkpoints/{id}/confirm',
    summary:
      'Keeps a change: over the network that proves that the node can be reached, from the node itself probes decide',
    verbs: ['bridge'],
    params: idParams,
    answer: confirmedSchema,
    handle: async ({ params: { id }, remoteAddress, audit }, { checkpoints }) => {
      const note = audit('change.confirm', {}, checkpoints.current?.subject);
      await checkpoints.confirm(id, isOfThisHost(plainAddress(remoteAddress)));
      note.after = `${id} kept`;
      return { confirmed: true as const };
    },
  }),
];

/** What never left this host proves nothing about the network. */
function isOfThisHost(address: string | undefined): boolean {
  if (address === undefined || /^(127\.|::1$)/.test(address)) return true;
  const mine = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  return mine.some((one) => one.address === address.split('%')[0]);
}

import { writeSync } from 'node:fs';
import { isNetloomError } from 'netloom';
import { AddressService } from '../../../node-agent/src/address-service';
import { MemoryStore } from '../../../node-agent/src/store';
import { accessByKubeconfig, KubernetesStore } from '../../../node-agent/src/store/kubernetes';
import { generator } from '../support/random';
import { POOL, type Told } from './history';

const CONCURRENT = 8;

/**
 * One agent as a process, and clients of it that claim and release until they are told to end. Each line is
 * written before a call and behind its answer, so that a kill loses none.
 */
async function main(): Promise<void> {
  const [kubeconfig = '', namespace = '', agent = '', seed = '', shared = ''] =
    process.argv.slice(2);
  const random = generator(Number(seed));
  const store = await KubernetesStore.open({
    access: accessByKubeconfig(kubeconfig),
    namespace,
    agent,
    local: new MemoryStore(),
    isPatient: true,
    sweepMs: 700,
    client: { attemptMs: 800, deadlineMs: 6_000 },
  });
  const service = new AddressService(store, store.stream(), Date.now);
  let isOver = false;
  process.on('SIGTERM', () => {
    isOver = true;
  });
  say({ kind: 'ready', agent });
  const client = async (number: number): Promise<void> => {
    const ids = new Map<string, string>();
    while (!isOver) {
      const isShared = random() < 0.15;
      const owner = isShared
        ? `${shared}-${Math.floor(random() * 4)}`
        : `${agent}-${number}-${Math.floor(random() * 3)}`;
      const asker = { pool: POOL, owner, identity: 'admin' };
      const id = ids.get(owner);
      const verb = !isShared && id !== undefined && random() < 0.5 ? 'release' : 'claim';
      say({ kind: 'call', verb, owner, at: Date.now() });
      try {
        if (verb === 'release') {
          const { released } = await service.release({ ...asker, id: id ?? '' });
          ids.delete(owner);
          say({ kind: 'released', owner, at: Date.now(), released });
        } else {
          const view = await service.ask('claim', asker);
          ids.set(owner, view.id);
          say({ kind: 'claimed', owner, at: Date.now(), address: view.addresses[0] ?? '' });
        }
      } catch (error) {
        if (!isNetloomError(error)) throw error;
        const [problem] = error.problems;
        say({ kind: 'refused', owner, at: Date.now(), code: problem?.code ?? '' });
        // Nobody knows what became of a release: its client asks anew.
        ids.delete(owner);
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT }, (_, number) => client(number)));
  await store.close();
  process.exit(0);
}

function say(told: Told): void {
  writeSync(1, `${JSON.stringify(told)}\n`);
}

main().catch((error) => {
  say({ kind: 'failed', message: String(error?.stack ?? error) });
  process.exit(1);
});

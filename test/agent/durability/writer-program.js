'use strict';

/**
 * Claims and gives back addresses, through the built agent's own service and SQLite store, and
 * tells each step on standard output: what it asks before it asks, and what it was answered. Its
 * test stops it wherever it likes, and knows then what was acknowledged.
 *
 *   node writer-program.js ROOT FOLDER script|loop|look|rivals [SEED]
 *
 * ROOT is a checkout, or a copy of what is built of it. `script` goes through the same steps every
 * time and ends; `loop` has 16 writers that go on until they are stopped; `look` says what is there;
 * in `rivals` somebody with another credential uses the owner's name.
 */

const { writeSync } = require('node:fs');
const path = require('node:path');

const [, , root = '', folder = '', mode = '', seed = '1'] = process.argv;
const { AddressService } = require(path.join(root, 'node-agent/lib/address-service.js'));
const { SqliteStore } = require(path.join(root, 'node-agent/lib/store'));

const POOL = 'apps/lan';
const IDENTITY = 'ci';
const WRITERS = 16;
const OWNERS_EACH = 3;

/** A pipe keeps what was written, also when the writer is killed. */
function tell(line) {
  writeSync(1, `${JSON.stringify(line)}\n`);
}

let calls = 0;

/** Runs one call; gives its answer, or undefined when it was refused. */
async function call(what, run) {
  const id = ++calls;
  tell({ ask: id, ...what });
  try {
    const answer = await run();
    tell({ ack: id, answer });
    return answer;
  } catch (error) {
    const codes = error.problems?.map((problem) => problem.code);
    tell({ refused: id, codes: codes ?? [String(error)] });
    return undefined;
  }
}

function claim(service, owner, more = {}, identity = IDENTITY) {
  return call({ verb: 'claim', owner, ...more, identity }, () =>
    service.ask('claim', { pool: POOL, owner, identity, ...more }),
  );
}

function release(service, owner, id, identity = IDENTITY) {
  return call({ verb: 'release', owner, id, identity }, () =>
    service.release({ pool: POOL, owner, identity, id }),
  );
}

async function makePool(service) {
  const spec = { subnets: [{ subnet: '10.0.0.0/24' }] };
  await call({ verb: 'pool' }, () =>
    service.putPool({ name: POOL, spec, owner: 'stack', identity: IDENTITY }),
  );
}

async function tellState(service) {
  const { claims } = await service.claims({ pool: POOL });
  tell({ state: claims.map(({ owner, id, addresses }) => ({ owner, id, addresses })) });
}

/** Every kind of change, alone and several in one commit. */
async function runScript(service) {
  await makePool(service);
  const first = await claim(service, 'a');
  const [, second] = await Promise.all(['b', 'c', 'd'].map((owner) => claim(service, owner)));
  if (first) await release(service, 'a', first.id);
  if (second) await claim(service, 'renamed', { from: 'c' });
  await claim(service, 'block', { prefixLength: 28 });
  await Promise.all(['a', 'e', 'f'].map((owner) => claim(service, owner)));
}

/** Two stacks that have the same name for something. */
async function runRivals(service) {
  await makePool(service);
  const first = await claim(service, 'stack/pod');
  await claim(service, 'stack/pod', {}, 'somebody else');
  if (first) await release(service, 'stack/pod', first.id, 'somebody else');
  await tellState(service);
}

/** A seeded generator (mulberry32). */
function generator(start) {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function write(service, writer, held, random) {
  for (;;) {
    const owner = `pod-${writer}-${Math.floor(random() * OWNERS_EACH)}`;
    const id = held.get(owner);
    if (id !== undefined && random() < 0.5) {
      await release(service, owner, id);
      held.delete(owner);
    } else {
      held.set(owner, (await claim(service, owner))?.id);
    }
  }
}

async function main() {
  const store = SqliteStore.open(folder, (error) => tell({ failed: String(error) }));
  const service = new AddressService(store, store.stream(), Date.now);
  const isNew = (await service.pools()).length === 0;
  if (mode === 'script') {
    await runScript(service);
  } else if (mode === 'rivals') {
    await runRivals(service);
  } else {
    if (isNew) await makePool(service);
    await tellState(service);
  }
  if (mode === 'loop') {
    const { claims } = await service.claims({ pool: POOL });
    const held = new Map(claims.map(({ owner, id }) => [owner, id]));
    const random = generator(Number(seed));
    const writers = Array.from({ length: WRITERS }, (_, writer) => writer);
    await Promise.all(writers.map((writer) => write(service, writer, held, random)));
  }
  if (mode === 'look') {
    for (let fresh = 0; fresh < 8; fresh++) await claim(service, `fresh-${fresh}`);
  }
  await store.close();
  tell({ ended: true });
}

main().catch((error) => {
  tell({ failed: error.problems?.map((problem) => problem.code) ?? String(error) });
  process.exitCode = 1;
});

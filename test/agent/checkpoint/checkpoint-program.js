'use strict';

/**
 * Makes one change of a bridge, or of a node's network, under a watchdog, through the built agent's own parts, and ends itself
 * with SIGKILL before a step of its test's choice. Or is that watchdog.
 *
 *   node checkpoint-program.js ROOT FOLDER change|watch AT alone|group|hang SPEC SECONDS BRIDGE bridge|network
 *
 * SECONDS is how long a confirmation may take. AT counts steps from 1; 0 stops nowhere. `group` takes
 * the commands that run along, as the end of a container does. `hang` waits for its end behind the change.
 */

const { enableCompileCache } = require('node:module');
const path = require('node:path');

// Hundreds of starts: the modules are compiled once.
enableCompileCache();

const [, , root = '', folder = '', mode = '', at = '0', how = 'alone', ...more] = process.argv;
const [spec = '{}', seconds = '30', bridge = 'cp-br', kind = 'bridge'] = more;
const lib = (name) => require(path.join(root, 'node-agent/lib', name));
const { JournalFolder, placeOfProcess } = lib('checkpoint');
const { Iproute2 } = lib('iproute2.js');

const log = {
  info: () => {},
  warn: () => {},
  error: (line) => console.error(JSON.stringify(line)),
};
/** Below 0 while the program goes on from what an earlier one has left. */
let steps = mode === 'watch' ? 0 : -1;

function end() {
  process.kill(how === 'group' ? -process.pid : process.pid, 'SIGKILL');
  // The signal comes at once, or nearly.
  for (;;);
}

function step(name) {
  if (steps < 0) return;
  steps += 1;
  console.log(`${steps} ${name}`);
  if (steps === Number(at)) end();
}

/** Each line a command of its own, so that the change can be stopped between any two. */
class Stepwise extends Iproute2 {
  async apply(lines, program) {
    for (const line of lines) {
      const isLast = steps + 1 === Number(at);
      if (isLast && how === 'group') {
        console.log(`${steps + 1} ${line}`);
        void super.apply([line], program);
        setImmediate(end);
        await new Promise(() => {});
      }
      step(line);
      await super.apply([line], program);
    }
  }
}

async function change() {
  const { SqliteStore } = lib('store');
  const { BridgeService } = lib('bridges');
  const { NetworkService } = lib('node-network');
  const { NetworkKernel } = lib('network-kernel.js');
  const { connectWatchdog } = lib('watchdog/connect-watchdog.js');
  const store = SqliteStore.open(folder);
  const { bridges: records, networks: networkRecords, counters } = store.load();
  const links = new Stepwise(folder);
  // Gateways that other tests make, and the machine's name servers, are none of this node's.
  const probes = { gateways: [], nameServers: 'no' };
  const parts = { stateDir: folder, driver: links, log, step, probes };
  const { checkpoints, link } = connectWatchdog(parts);
  await link.open();
  const policy = { bridges: ['*'], ports: ['*'], adopt: 'yes', uplink: 'confirm' };
  const service = new BridgeService({
    ...{ node: 'edge-1', store, links, records, checkpoints, policy },
    counter: counters.bridges,
  });
  const networks = new NetworkService({
    ...{ node: 'edge-1', store, records: networkRecords, checkpoints, policy },
    kernel: new NetworkKernel(links),
    counter: counters.bridges,
    turns: service.turns,
  });
  const recover = async (subject, outcome) => {
    await service.recover(subject, outcome);
    await networks.recover(subject, outcome);
  };
  // As each start of the agent does.
  await checkpoints.recover({
    keep: (subject) => recover(subject, 'kept'),
    back: (subject) => recover(subject, 'undone'),
  });
  steps = 0;
  const asker = { owner: 'stack', identity: 'ci', confirmSeconds: Number(seconds) };
  const wish = JSON.parse(spec);
  const idOf = (name, known) => ({ id: `${name}#${known.incarnation}` });
  const changes = {
    bridge: {
      put: () => service.put({ ...asker, name: bridge, spec: wish }),
      remove: () => {
        const known = records.find((record) => record.name === bridge);
        return service.removeChecked({ ...asker, name: bridge, ...idOf(bridge, known) });
      },
    },
    network: {
      put: () => networks.put({ ...asker, spec: wish }),
      remove: () => networks.removeShown({ ...asker, ...idOf('edge-1', networkRecords[0]) }),
    },
  };
  const { checkpoint, awaits } = await changes[kind][wish === null ? 'remove' : 'put']();
  if (how === 'hang') {
    console.log('hanging');
    await new Promise(() => setInterval(() => {}, 1000));
  }
  await checkpoints.confirm((checkpoint ?? awaits).id, false);
  step('confirmed');
  link.close();
  await store.close();
}

async function watch() {
  const { Watchdog } = lib('watchdog');
  const journals = new JournalFolder(folder, step);
  const driver = new Iproute2(journals.folder);
  const parts = { journals, driver, place: placeOfProcess(), log, step, returnMs: 200 };
  await Watchdog.start(parts);
  console.log('watching');
}

(mode === 'watch' ? watch() : change()).catch((error) => {
  console.error(error);
  process.exit(1);
});

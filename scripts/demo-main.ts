import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { hostBridge, page } from '../examples/microshift/definitions';
import type { Manifest, RunningPod } from '../test/support/multus';
import {
  filesBelow,
  hasLink,
  ipJson,
  MicroShiftStory,
  objectsOf,
  ping,
  pulumiObjects,
} from '../test/support/story';
import { drawStory } from './demo-picture';

const measured: [string, string][] = [];

/** One step of the demo: told when it begins, and with its time when it has ended. */
async function step<T>(words: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  process.stdout.write(`  ${words} ...`);
  try {
    const value = await work();
    process.stdout.write(` ${Math.round(performance.now() - start)} ms\n`);
    return value;
  } catch (error) {
    process.stdout.write(' failed\n');
    throw error;
  }
}

function must(holds: boolean, words: string): asserts holds {
  if (!holds) throw new Error(words);
}

async function timed<T>(name: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const value = await work();
  measured.push([name, `${Math.round(performance.now() - start)} ms`]);
  return value;
}

async function run(story: MicroShiftStory): Promise<void> {
  console.log('\nWrite the network once');
  const files = await step('cdk8s synth (the real CLI)', () =>
    timed('cdk8s synth', () => story.synth('first')),
  );
  await step('once more: the same bytes', async () => {
    must(isDeepStrictEqual(files, await story.synth('second')), 'two synths differ');
  });
  const manifests = objectsOf(files.values());

  console.log('\nAddresses before anything is there');
  await step('netloom-agent starts (HTTPS, token, SQLite; no privilege but NET_ADMIN)', () =>
    timed('agent start', () => story.startAgent()),
  );
  const client = story.agent.client();
  const preview = await step('preview of the Pulumi program', () =>
    timed('preview', () => story.preview()),
  );
  must(preview.ok, preview.errors.join('\n'));
  must(!hasLink(hostBridge.bridge), `the preview made ${hostBridge.bridge}`);
  must(
    (await client.claims('default/bridge-conf')).every((one) => one.state === 'offered'),
    'the preview claimed',
  );
  const planned = preview.outputs['cameraCidrs'] as string[];
  console.log(`    the camera will be at ${planned.join(' and ')}`);

  console.log('\nDeploy');
  const deployed = await step('update: pool, claim, bridge', () =>
    timed('update', () => story.deploy()),
  );
  must(deployed.ok, deployed.errors.join('\n'));
  must(
    isDeepStrictEqual(deployed.outputs['cameraCidrs'], planned),
    'the address changed after the preview',
  );
  must(hasLink(hostBridge.bridge), `${hostBridge.bridge} was not made`);
  await step('update again: nothing to do', async () => {
    const { operations } = await story.deploy();
    must(operations.length === 0, `the second update did ${operations.join(', ')}`);
  });
  await step('kill -9 of the agent, restart: it still knows', async () => {
    await story.agent.stop('SIGKILL');
    await timed('agent restart', () => story.agent.start());
    const [claim] = await story.agent.client().claims('default/bridge-conf');
    must(isDeepStrictEqual(claim?.cidrs, planned), 'the claim was lost');
  });
  await step('both front ends made the same networks and annotations', async () => {
    const networks = (objects: readonly Manifest[]) =>
      objects.map(({ kind, metadata, spec }) => [
        metadata.name,
        kind === 'Pod' ? metadata.annotations : spec,
      ]);
    const mine = networks(
      manifests.filter(
        ({ kind, metadata }) => metadata.namespace === 'default' || kind.startsWith('Validating'),
      ),
    );
    const theirs = networks(pulumiObjects(deployed.state));
    const sorted = (list: unknown[][]) =>
      list.sort((a, b) => String(a[0]).localeCompare(String(b[0])));
    must(isDeepStrictEqual(sorted(mine), sorted(theirs)), 'cdk8s and Pulumi differ');
  });

  console.log('\nPods, attached by the real CNI plugins the way Multus calls them');
  const pods = await step(`${manifests.filter((one) => one.kind === 'Pod').length} pods`, () =>
    timed('attaching the pods', () => story.startPods(manifests)),
  );
  await reach(story, pods);
  const picture = drawStory(ipJson('addr', 'show', hostBridge.bridge)[0], pods, planned);
  const rss = story.agent.rssMiB;

  console.log('\nTake it all away');
  await step('DEL for each attachment', () => story.stopPods());
  const destroyed = await step('destroy: claim released, bridge gone', () =>
    timed('destroy', () => story.destroy()),
  );
  must(destroyed.ok, destroyed.errors.join('\n'));
  await step('nothing left: kernel, store, disk', async () => {
    const links = ipJson('link').map((link) => link.ifname);
    must(isDeepStrictEqual(links, ['lo']), `links left: ${links.join(', ')}`);
    must((await story.agent.client().pools()).length === 0, 'a pool is left in the store');
    const given = filesBelow('/var/lib/cni/br-test').filter((file) => /\/[0-9a-f.:]+$/.test(file));
    must(given.length === 0, `addresses left on disk: ${given.join(', ')}`);
  });

  console.log(`\nWhat stood there\n\n${picture}\n`);
  measured.push(['agent memory (RSS)', `${rss} MiB`]);
  console.log('Measured');
  for (const [name, value] of measured) console.log(`  ${name.padEnd(24)}${value.padStart(10)}`);
}

async function reach(story: MicroShiftStory, pods: readonly RunningPod[]): Promise<void> {
  const addresses = (pod: RunningPod): string[] => pod.status.flatMap((one) => one.ips ?? []);
  await step('every pod answers the host and the others, IPv4 and IPv6', async () => {
    const times: number[] = [];
    for (const from of [undefined, ...pods]) {
      for (const to of pods.filter((pod) => pod !== from)) {
        for (const address of addresses(to)) {
          const answer = await ping(from, address);
          must(answer.ok, `no answer from ${to.name} at ${address} to ${answer.from}`);
          times.push(answer.ms);
        }
      }
    }
    const median = times.sort((a, b) => a - b)[Math.floor(times.length / 2)] as number;
    measured.push(['round trip (median)', `${median.toFixed(3)} ms`]);
  });
  await step('curl of the page, as in the MicroShift document', async () => {
    const [first] = pods as [RunningPod];
    await story.servePage(first, page);
    const answer = await (await fetch(`http://${addresses(first)[0]}:8080/`)).text();
    must(answer === page, `the page was ${JSON.stringify(answer)}`);
  });
}

async function main(): Promise<void> {
  const story = new MicroShiftStory(mkdtempSync(path.join(tmpdir(), 'netloom-demo-')));
  try {
    await run(story);
    console.log('\nEvery step held.');
  } catch (error) {
    console.error(`\nThe demo stopped: ${(error as Error).message}`);
    const log = story.agent.log.trim().split('\n').slice(-5).join('\n');
    if (log !== '') console.error(`\nLast words of the agent:\n${log}`);
    process.exitCode = 1;
  } finally {
    await story.close();
  }
}

void main();

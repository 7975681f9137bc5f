import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { benchAgentStart } from './agent-start';
import { benchClaims } from './claims';
import { benchEngine } from './engine';
import { type Row, table } from './figures';
import { machineFacts } from './machine';
import { benchNetwork } from './network';
import { compilePrograms } from './programs';
import { benchPulumi } from './pulumi';
import { benchSharedPool } from './shared-pool';
import { benchSynth } from './synth';

/** In the checkout: the folder for temporary files may be memory, which makes fsync cost nothing. */
const CACHE = path.join(__dirname, '../.cache/bench');

interface Part {
  readonly peer: string;
  readonly run: (folder: string) => Promise<Row[]>;
}

const PARTS: Readonly<Record<string, Part>> = {
  synth: { peer: 'bare cdk8s', run: benchSynth },
  engine: { peer: 'linear search', run: benchEngine },
  claims: { peer: 'bare server', run: benchClaims },
  start: { peer: 'bare server', run: benchAgentStart },
  network: { peer: 'ip -batch', run: benchNetwork },
  shared: { peer: 'one object', run: benchSharedPool },
  pulumi: { peer: 'does nothing', run: benchPulumi },
};

async function main(args: readonly string[]): Promise<void> {
  const [option, only = ''] = args;
  if (option !== undefined && (option !== '--only' || !(only in PARTS))) {
    throw new Error(`bench: "${args.join(' ')}". Allowed: --only ${Object.keys(PARTS).join('|')}`);
  }
  const started = performance.now();
  mkdirSync(CACHE, { recursive: true });
  compilePrograms();
  const folder = mkdtempSync(path.join(CACHE, 'run-'));
  try {
    console.log(`${machineFacts(folder).join('\n')}\n`);
    for (const [name, part] of Object.entries(PARTS)) {
      if (option !== undefined && name !== only) continue;
      const below = path.join(folder, name);
      mkdirSync(below);
      console.log(`${table(part.peer, await part.run(below))}\n`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(
    `${((performance.now() - started) / 1000).toFixed(0)} s. Medians; nothing is enforced.`,
  );
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});

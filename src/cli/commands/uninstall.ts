import {
  planRemoval,
  type RemovalChoices,
  type RemovalCluster,
  type RemovalStep,
} from '../../installs';
import type { PlatformFacts } from '../../kubernetes';
import type { ApiServer } from '../cluster/api-server';
import { withCluster } from '../cluster/read-cluster';
import type { PlanFormat } from '../formats';
import { printable } from '../terminal';
import { UsageError } from '../usage-error';
import { platformNamed } from './check-options';
import { detectPlatform, readRemovalCluster } from './uninstall-cluster';
import { renderPlan, stepLines } from './uninstall-output';
import { cleanNodes, deleteObjects, type RemovalRun, until } from './uninstall-run';

/** Options of `netloom uninstall`, as they are written. */
export interface UninstallArguments {
  /** Prints the steps and changes nothing. */
  readonly plan: boolean;
  /** Takes the steps. */
  readonly yes: boolean;
  readonly output: PlanFormat;
  readonly kubeconfig?: string;
  readonly context?: string;
  /** @default - what nodes and API server say */
  readonly platform?: string;
  readonly deleteWorkloads: boolean;
  readonly keepNetworks: boolean;
  readonly leftovers: boolean;
  readonly force: boolean;
  readonly image?: string;
  readonly masterCniFile?: string;
  /** How long one step may take, in seconds. */
  readonly timeout: string;
}

/**
 * `netloom uninstall`: prints what is left to do until Multus is gone from a cluster, or does it. Sets
 * the exit status: 0 for a plan, or when all is done, 1 when a person has to do something first.
 *
 * @throws UsageError where the cluster can't be read, or a step does not come to its end
 */
export async function uninstall(given: UninstallArguments): Promise<void> {
  const kubeconfig = given.kubeconfig ?? process.env['KUBECONFIG'];
  if (!kubeconfig) throw new UsageError('name the cluster: --kubeconfig FILE');
  if (given.plan === given.yes) {
    throw new UsageError('say --plan to see the steps, or --yes to take them');
  }
  if (given.yes && given.output !== 'table') {
    throw new UsageError('--output goes with --plan');
  }
  const timeoutMs = secondsOf(given.timeout) * 1000;
  await withCluster(kubeconfig, given.context, async (server) => {
    const facts =
      given.platform === undefined ? await detectPlatform(server) : platformNamed(given.platform);
    if (given.plan) {
      const cluster = await readRemovalCluster(server, facts);
      const steps = planRemoval(facts, choicesOf(given), cluster);
      process.stdout.write(renderPlan({ facts, cluster, steps }, given.output));
      return;
    }
    await takeSteps(server, facts, given, timeoutMs);
  });
}

function choicesOf(given: UninstallArguments): RemovalChoices {
  const { deleteWorkloads, keepNetworks, leftovers } = given;
  return { deleteWorkloads, keepNetworks, leftovers };
}

async function takeSteps(
  server: ApiServer,
  facts: PlatformFacts,
  given: UninstallArguments,
  timeoutMs: number,
): Promise<void> {
  const { image, masterCniFile, force } = given;
  const tell = (line: string): void => {
    process.stdout.write(`      ${printable(line)}\n`);
  };
  const run: RemovalRun = {
    server,
    facts,
    options: { image, masterCniFile, force },
    timeoutMs,
    tell,
  };
  let choices = choicesOf(given);
  const told = new Set<string>();
  for (let number = 1; ; number += 1) {
    const look = async () => {
      const cluster = await readRemovalCluster(server, facts);
      const steps = planRemoval(facts, choices, cluster);
      return { cluster, step: steps.find(({ id }) => !told.has(id)) };
    };
    const { cluster, step } = await look();
    if (!step) {
      process.stdout.write(
        number === 1 ? 'Nothing of Multus is left in this cluster.\n' : 'Multus is gone.\n',
      );
      return;
    }
    process.stdout.write(`${stepLines(step, number).map(printable).join('\n')}\n`);
    if (step.by === 'person') {
      if (step.id !== 'crio') {
        process.stdout.write('Do this, then give the same command again.\n');
        process.exitCode = 1;
        return;
      }
      // The nodes look for it themselves, and wait.
      told.add(step.id);
      continue;
    }
    await take(run, step, cluster);
    if (step.id === 'remover') choices = { ...choices, leftovers: false };
    await until(run, async () =>
      (await look()).step?.id === step.id ? 'the cluster still shows it' : undefined,
    );
  }
}

async function take(run: RemovalRun, step: RemovalStep, cluster: RemovalCluster): Promise<void> {
  if (step.by === 'nodes') await cleanNodes(run, step, cluster);
  else await deleteObjects(run, step);
}

function secondsOf(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new UsageError(`--timeout: "${text}" is no number of seconds; write one such as 300`);
}

import { existsSync } from 'node:fs';
import type { CheckArguments } from './commands/check-options';
import type { ClaimsArguments } from './commands/claims';
import type { CronArguments } from './commands/cron';
import type { ImportArguments } from './commands/import';
import type { PlanArguments } from './commands/plan';
import type { UninstallArguments } from './commands/uninstall';
import { FORMATS, PLAN_FORMATS } from './formats';
import { type AgentArguments, OUTPUTS } from './output/answers';
import { packageFacts } from './package-facts';
import { printable } from './terminal';
import { UsageError } from './usage-error';

type Commander = typeof import('commander', { with: { 'resolution-mode': 'import' }});
type Program = InstanceType<Commander['Command']>;

/** Exit status of a wrong use; 1 says that something checked has errors. */
const EXIT_USAGE = 2;

/**
 * Runs the command line. Commands load what they need when they run: `--help` stays quick.
 *
 * Sets the exit status instead of ending the process, so that output in a pipe comes to its end.
 */
export async function run(argv: readonly string[]): Promise<void> {
  process.stdout.on('error', tellOutputError);
  const commander = await import('commander');
  try {
    await makeProgram(commander).parseAsync([...argv]);
  } catch (error) {
    // commander has told by itself; --help and --version end here, too.
    if (error instanceof commander.CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE;
    } else fail(error);
  }
}

function makeProgram({ Command, Option }: Commander): Program {
  const program = new Command('netloom')
    .description('Secondary (Multus) networks of Kubernetes pods: finds mistakes in manifests.')
    .version(packageFacts().version)
    .exitOverride();

  program
    .command('check')
    .description('find mistakes in networks, annotations and what belongs to them')
    .argument('[file...]', 'YAML or JSON files, folders, or - for standard input')
    .addOption(new Option('--format <format>').choices(FORMATS).default('human'))
    .option('--strict', 'make warnings errors', false)
    .option('--quiet', 'print errors only: no warnings, no closing line', false)
    .option('--kubeconfig <file>', 'check the objects of a live cluster instead of files')
    .option('--context <name>', 'context of the kubeconfig (default: its current one)')
    .option(
      '--namespace <name>',
      'look at this namespace of the cluster only (repeatable)',
      collect,
    )
    .option('--platform <name>', 'what the objects are for, such as microshift')
    .option('--plugins <release>', 'release of the CNI plugins on the nodes, such as 1.6.2')
    .option('--multus <release>', 'release of Multus')
    .option('--whereabouts <release>', 'release of whereabouts')
    .option('--nodes <number>', 'how many nodes run such pods (default: those of the cluster)')
    .option('--pod-cidr <cidr>', "the cluster's own network of pods (repeatable)", collect)
    .option('--service-cidr <cidr>', 'that of services (repeatable)', collect)
    .option('--node-cidr <cidr>', 'that of the nodes themselves (repeatable)', collect)
    .addHelpText('after', CHECK_HELP)
    .action(async (files: string[], options: CheckArguments) => {
      const { check } = await import('./commands/check.js');
      await check(files, options);
    });

  program
    .command('doctor')
    .description('what nodes have for secondary networks, and what is wrong with it')
    .argument('[file...]', 'manifests whose networks the nodes have to carry')
    .option('--agent <name>', 'ask this agent only (repeatable)', collect, [])
    .addOption(new Option('-o, --output <format>').choices(OUTPUTS).default('table'))
    .addHelpText('after', AGENT_HELP)
    .action(async (files: string[], options: AgentArguments) => {
      const { doctor } = await import('./commands/doctor.js');
      await doctor(files, options);
    });

  program
    .command('status')
    .description('which agents answer, what they have, and what they cannot keep right')
    .option('--agent <name>', 'ask this agent only (repeatable)', collect, [])
    .addOption(new Option('-o, --output <format>').choices(OUTPUTS).default('table'))
    .addHelpText('after', AGENT_HELP)
    .action(async (options: AgentArguments) => {
      const { status } = await import('./commands/status.js');
      await status(options);
    });

  program
    .command('claims')
    .description('who holds which address')
    .argument('[pool...]', 'pools such as apps/lan (default: all)')
    .option('--owner <prefix>', 'owners that begin so')
    .addOption(new Option('--state <state>').choices(['claimed', 'offered']))
    .option('--address <address>', 'whoever holds this address or MAC address')
    .option('--label <name=value>', 'claims with this label (repeatable)', collect, [])
    .option('--agent <name>', 'ask this agent only (repeatable)', collect, [])
    .addOption(new Option('-o, --output <format>').choices(OUTPUTS).default('table'))
    .addHelpText('after', AGENT_HELP)
    .action(async (pools: string[], options: ClaimsArguments) => {
      const { claims } = await import('./commands/claims.js');
      await claims(pools, options);
    });

  program
    .command('bridges')
    .description('the bridges that agents keep on their nodes, and how they are')
    .option('--agent <name>', 'ask this agent only (repeatable)', collect, [])
    .addOption(new Option('-o, --output <format>').choices(OUTPUTS).default('table'))
    .addHelpText('after', AGENT_HELP)
    .action(async (options: AgentArguments) => {
      const { bridges } = await import('./commands/bridges.js');
      await bridges(options);
    });

  program
    .command('plan')
    .description(
      'what nodes would have to do for HostBridge and NodeNetwork objects; changes nothing',
    )
    .argument('<file...>', 'YAML or JSON files, folders, or - for standard input')
    .option('--any-node', 'also objects with a nodeSelector', false)
    .option('--agent <name>', 'ask this agent only (repeatable)', collect, [])
    .addOption(new Option('-o, --output <format>').choices(OUTPUTS).default('table'))
    .addHelpText('after', PLAN_HELP)
    .action(async (files: string[], options: PlanArguments) => {
      const { plan } = await import('./commands/plan.js');
      await plan(files, options);
    });

  program
    .command('drift')
    .description('where nodes are not as they shall be; changes nothing')
    .option('--agent <name>', 'ask this agent only (repeatable)', collect, [])
    .addOption(new Option('-o, --output <format>').choices(OUTPUTS).default('table'))
    .addHelpText('after', DRIFT_HELP)
    .action(async (options: AgentArguments) => {
      const { drift } = await import('./commands/drift.js');
      await drift(options);
    });

  program
    .command('import')
    .description('write a TypeScript program that makes the same networks, pools and attached pods')
    .argument('[file...]', 'YAML or JSON files, folders, or - for standard input')
    .option('-o, --output <file>', 'write the program to a file (default: standard output)')
    .option('--namespace <name>', 'namespace of objects that name none')
    .option('--kubeconfig <file>', 'import the objects of a live cluster instead of files')
    .option('--context <name>', 'context of the kubeconfig (default: its current one)')
    .addHelpText('after', IMPORT_HELP)
    .action(async (files: string[], options: ImportArguments) => {
      const { importManifests } = await import('./commands/import.js');
      await importManifests(files, options);
    });

  program
    .command('uninstall')
    .description('remove Multus and whereabouts from a cluster, in an order that breaks no pod')
    .option('--plan', 'print the steps that are left, and change nothing', false)
    .option('--yes', 'take the steps; given again, it goes on where it was', false)
    .addOption(new Option('-o, --output <format>').choices(PLAN_FORMATS).default('table'))
    .option('--kubeconfig <file>', 'the cluster (default: KUBECONFIG of the environment)')
    .option('--context <name>', 'context of the kubeconfig (default: its current one)')
    .option('--platform <name>', 'such as k3s (default: what the nodes say)')
    .option('--delete-workloads', 'delete what makes the pods that still have networks', false)
    .option('--keep-networks', 'leave networks, pools and their definitions', false)
    .option('--leftovers', 'clean the nodes of a Multus whose objects are gone already', false)
    .option('--force', 'do not wait for pods that still have networks on a node', false)
    .option('--image <image>', 'with /bin/sh, for the pods that remove files (default: busybox)')
    .option('--master-cni-file <name>', 'the file of the cluster network, if Multus renamed it')
    .option('--timeout <seconds>', 'how long one step may take', '300')
    .addHelpText('after', UNINSTALL_HELP)
    .action(async (options: UninstallArguments) => {
      const { uninstall } = await import('./commands/uninstall.js');
      await uninstall(options);
    });

  program
    .command('explain')
    .description('say more about the code of a mistake, or in words what the networks of a file do')
    .argument('<code|file>', 'such as NL_HOST_BITS, k8s/nads.yaml, or - for standard input')
    .action(async (subject: string) => {
      if (subject === '-' || existsSync(subject)) {
        const { explainFile } = await import('./commands/explain-file.js');
        await explainFile(subject);
        return;
      }
      const { explain } = await import('./commands/explain.js');
      explain(subject);
    });

  program
    .command('cron')
    .description("say when whereabouts' reconciler runs next by a schedule")
    .argument('<schedule>', 'five fields in quotes, such as "30 4 * * *"')
    .option('--count <number>', 'how many times', '5')
    .option('--after <time>', 'times after this one, such as 2026-11-21T15:30Z (default: now)')
    .addOption(new Option('--format <format>').choices(['human', 'json']).default('human'))
    .addHelpText('after', CRON_HELP)
    .action(async (schedule: string, options: CronArguments) => {
      const { cron } = await import('./commands/cron.js');
      cron(schedule, options);
    });

  return program;
}

const AGENT_HELP = `
Agents and credentials come from NETLOOM_AGENTS, NETLOOM_CA_FILE, NETLOOM_TOKEN_FILE,
NETLOOM_CERT_FILE and NETLOOM_KEY_FILE.
Exit status: 0, 1 where an agent does not answer or something is wrong, 2 for wrong use.`;

const PLAN_HELP = `${AGENT_HELP}
A plan is a dry run at the agents: the steps are those that would be taken.`;

const DRIFT_HELP = `${AGENT_HELP}
What differs makes it 1, too; agents repair it by themselves within seconds.`;

const CHECK_HELP = `
Exit status: 0 without errors, 1 with errors, 2 for wrong use.
Standard input: helm template CHART | netloom check -`;

const IMPORT_HELP = `
Exit status: 0 without errors, 1 with errors (the rest is imported), 2 for wrong use.
What is wrong with an object stands in a comment above its construct.`;

const CRON_HELP = `
Exit status: 0 for a schedule, 1 for what is none, 2 for wrong use. Times are UTC, as the reconciler's.`;

const UNINSTALL_HELP = `
Exit status: 0 for a plan, or when all is done, 1 when you have to do something first, 2 for wrong
use, a cluster that cannot be read, or a step that does not end in time.`;

/** Parses an option that may be repeated, and may have several values with commas in between. */
function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...text.split(',').map((one) => one.trim())];
}

function fail(error: unknown): void {
  process.exitCode = EXIT_USAGE;
  if (error instanceof UsageError) {
    console.error(`netloom: ${printable(error.message)}`);
    return;
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  console.error(`netloom: this is a mistake in netloom itself: ${printable(message)}`);
  if (process.env['NETLOOM_DEBUG']) console.error(stack);
  else console.error('With NETLOOM_DEBUG=1 in the environment it says where.');
}

/** A reader that has seen enough (`netloom check DIR | head`) is no failure; a full disk is one. */
function tellOutputError(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') return;
  fail(new UsageError(`cannot write the output: ${error.message}`));
}

import path from 'node:path';
import { Command, Option } from 'commander';
import { describeProblem, isNetloomError } from 'netloom';
import { addClaimCommands } from './commands/claim-commands';
import { agentVersion } from './version';

/** Exit status: the configuration is wrong. */
const EXIT_CONFIG = 2;

/** Exit status: the store is damaged, lost or in use. */
const EXIT_STORE = 3;

/** Runs the command line. Commands load what they need when they run: `--help` stays quick. */
export function main(argv: readonly string[]): void {
  program()
    .parseAsync([...argv])
    .catch(fail);
}

function program(): Command {
  const cli = new Command('netloom-agent')
    .description('The netloom node agent: hands out addresses and sets up host bridges.')
    .version(agentVersion());

  cli
    .command('serve')
    .description(
      'run the agent until SIGTERM; logs JSON lines, the first one says where it listens',
    )
    .requiredOption('--config <file>', 'agent.yaml')
    .action(async ({ config }: { config: string }) => {
      const { serve } = await import('./commands/serve.js');
      await serve(config);
    });

  cli
    .command('watchdog')
    .description(
      'watch over the agent until SIGTERM: brings the host back when a change is not confirmed in time or the agent dies',
    )
    .requiredOption('--config <file>', 'agent.yaml')
    .action(async ({ config }: { config: string }) => {
      const { watchdog } = await import('./commands/watchdog.js');
      await watchdog(config);
    });

  cli
    .command('init')
    .description('make certificates, a token and a complete agent.yaml in an empty folder')
    .requiredOption('--dir <folder>')
    .requiredOption('--name <name>', "the node's or agent's name, such as edge-1")
    .option('--listen <host:port>', 'where to listen', '127.0.0.1:8443')
    .option('--address <address...>', 'further addresses or DNS names by which it is reached', [])
    .action(async (options: { dir: string; name: string; listen: string; address: string[] }) => {
      const { makeAgentFolder } = await import('./commands/init.js');
      const { dir: folder, name, listen, address: addresses } = options;
      const files = await makeAgentFolder({ folder, name, listen, addresses });
      print([
        `configuration  ${files.configFile}`,
        `CA             ${files.caFile}`,
        `token          ${files.tokenFile}`,
        `start it with  netloom-agent serve --config ${files.configFile}`,
      ]);
    });

  cli
    .command('cert')
    .description("make a CA (once), the agent's certificate, and client certificates")
    .requiredOption('--dir <folder>')
    .requiredOption('--name <name>', "the node's or agent's name, such as edge-1")
    .requiredOption('--address <address...>', 'addresses or DNS names by which it is reached')
    .option('--client <name...>', 'common names of client certificates', [])
    .action(async (options: { dir: string; name: string; address: string[]; client: string[] }) => {
      const { makeCertificates } = await import('./commands/certificates.js');
      const { checkFileName } = await import('./commands/files.js');
      const { dir: folder, name, address: addresses, client: clients } = options;
      checkFileName('--name', name);
      for (const client of clients) checkFileName('--client', client);
      const files = await makeCertificates({ folder, name, addresses, clients });
      print([
        `CA           ${files.caFile}`,
        `certificate  ${files.certFile}`,
        `key          ${files.keyFile}`,
        ...files.clients.map((one) => `client       ${one.name}: ${one.certFile} ${one.keyFile}`),
      ]);
    });

  cli
    .command('token')
    .description('make a token file and print the line for agent.yaml, never the token')
    .requiredOption('--dir <folder>')
    .requiredOption('--name <name>', 'name of the token; the identity of its holder')
    .action(async ({ dir, name }: { dir: string; name: string }) => {
      const { checkFileName, makeToken } = await import('./commands/files.js');
      checkFileName('--name', name);
      const { file, sha256 } = makeToken(path.join(dir, `${name}.token`));
      print([
        `token  ${file}`,
        'for the list of tokens in agent.yaml:',
        `  - { name: ${name}, sha256: ${sha256}, verbs: [read, offer, claim] }`,
      ]);
    });

  cli
    .command('status')
    .description('show pools, claims and bridges of the agent on this host, running or not')
    .requiredOption('--config <file>', 'agent.yaml')
    .addOption(new Option('-o, --output <format>').choices(['table', 'json']).default('table'))
    .action(async ({ config, output }: { config: string; output: string }) => {
      const { agentStatus, statusText } = await import('./commands/status.js');
      const status = agentStatus(config, Date.now());
      print([
        output === 'json' ? JSON.stringify(status, undefined, 2) : statusText(status).trimEnd(),
      ]);
    });

  cli
    .command('apply')
    .description("have this host's agent carry out the HostBridge objects of manifests")
    .argument('<file...>', 'YAML files, those of cdk8s synth for example')
    .requiredOption('--dir <folder>', 'the folder that init made')
    .option('--any-node', 'also bridges with a nodeSelector', false)
    .option('--prune', 'remove bridges that came from manifests and are in none of these', false)
    .action(async (files: string[], options: { dir: string; anyNode: boolean; prune: boolean }) => {
      const { applyManifests } = await import('./commands/apply.js');
      const { dir: folder, anyNode, prune } = options;
      const lines = await applyManifests({ folder, files, anyNode, prune });
      print(lines.length === 0 ? ['no HostBridge in these files'] : lines);
    });

  cli
    .command('drop-ins')
    .description(
      'print the files that tell NetworkManager and systemd-networkd to leave our links alone',
    )
    .requiredOption('--config <file>', 'agent.yaml')
    .addOption(new Option('-o, --output <format>').choices(['text', 'json']).default('text'))
    .action(async ({ config, output }: { config: string; output: string }) => {
      const { dropInsOf, dropInText } = await import('./commands/drop-ins.js');
      const files = dropInsOf(config);
      print([output === 'json' ? JSON.stringify(files, undefined, 2) : dropInText(files)]);
    });

  cli
    .command('units')
    .description('print the files with which systemd runs the agent, before pods are started')
    .requiredOption('--config <file>', 'agent.yaml')
    .option('--command <file>', "the agent's program", '/usr/bin/netloom-agent')
    .option('--user <name>', 'the user that it runs as', 'netloom')
    .addOption(new Option('-o, --output <format>').choices(['text', 'json']).default('text'))
    .action(async (options: { config: string; command: string; user: string; output: string }) => {
      const { unitsOf, unitText } = await import('./commands/units.js');
      const files = unitsOf(options.config, options.command, options.user);
      print([options.output === 'json' ? JSON.stringify(files, undefined, 2) : unitText(files)]);
    });

  cli
    .command('ready')
    .description('wait until the bridges are there; exit status 1 when they are not in time')
    .requiredOption('--config <file>', 'agent.yaml')
    .option('--wait <seconds>', 'how long to wait at most', '0')
    .action(async ({ config, wait }: { config: string; wait: string }) => {
      const { waitUntilReady } = await import('./commands/ready.js');
      const isReady = await waitUntilReady(config, Number(wait) || 0);
      print([isReady ? 'ready' : 'not ready']);
      if (!isReady) process.exitCode = 1;
    });

  cli
    .command('backup')
    .description('copy the store into a new file, while the agent runs or not')
    .requiredOption('--config <file>', 'agent.yaml')
    .requiredOption('--to <file>', 'where to; an older backup is not overwritten')
    .action(async ({ config, to }: { config: string; to: string }) => {
      const { backupLines } = await import('./commands/backup.js');
      print(backupLines(config, to));
    });

  cli
    .command('restore')
    .description('put a backup in the place of the store; the agent must be stopped')
    .requiredOption('--config <file>', 'agent.yaml')
    .requiredOption('--from <file>', 'a backup, or any intact store')
    .option('--without-audit <reason>', 'serve claims at once, though newer ones may be in use')
    .action(async (options: { config: string; from: string; withoutAudit?: string }) => {
      const { restoreLines } = await import('./commands/backup.js');
      const { config, from, withoutAudit } = options;
      print(restoreLines(config, from, Date.now(), withoutAudit));
    });

  cli
    .command('audit')
    .description("compare claims with what is in use, through this host's agent; 1 for trouble")
    .requiredOption('--dir <folder>', 'the folder that init made')
    .option('--repair', 'take back records of IPAMs whose holders are gone, once confirmed', false)
    .option('--release-unused', 'release claims that no pod uses, once confirmed', false)
    .addOption(new Option('-o, --output <format>').choices(['text', 'json']).default('text'))
    .action(
      async (options: { dir: string; repair: boolean; releaseUnused: boolean; output: string }) => {
        const { auditText, hasTrouble, runAudit } = await import('./commands/audit.js');
        const { dir, repair: repairRecords, releaseUnused, output } = options;
        const report = await runAudit(dir, { repairRecords, releaseUnused });
        print(output === 'json' ? [JSON.stringify(report, undefined, 2)] : auditText(report));
        if (hasTrouble(report)) process.exitCode = 1;
      },
    );

  cli
    .command('forget')
    .description('take out a claim that keeps a stopped agent from starting; it names it')
    .requiredOption('--config <file>', 'agent.yaml')
    .requiredOption('--claim <number>', 'the number that the agent names')
    .action(async ({ config, claim }: { config: string; claim: string }) => {
      const { forgetClaim } = await import('./commands/forget.js');
      const taken = await forgetClaim(config, Number(claim));
      print([`taken out: ${JSON.stringify(taken)}`]);
    });

  cli
    .command('remove')
    .description('delete all bridges that netloom made on this host; the agent must be stopped')
    .requiredOption('--config <file>', 'agent.yaml')
    .option('--force', 'also while addresses are claimed', false)
    .action(async ({ config, force }: { config: string; force: boolean }) => {
      const { removeEverything } = await import('./commands/remove.js');
      const names = await removeEverything(config, force);
      print(names.length === 0 ? ['no bridges'] : names.map((name) => `removed ${name}`));
    });

  addClaimCommands(cli);
  return cli;
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

function fail(error: unknown): void {
  if (!isNetloomError(error)) {
    console.error(error);
    process.exit(1);
  }
  for (const problem of error.problems) console.error(describeProblem(problem));
  const codes = new Set(error.problems.map((problem) => problem.code));
  if (codes.has('NL_CONFIG_INVALID')) process.exit(EXIT_CONFIG);
  const isStore = codes.has('NL_STORE_FAILED') || codes.has('NL_CLAIMS_COLLIDE');
  process.exit(isStore ? EXIT_STORE : 1);
}

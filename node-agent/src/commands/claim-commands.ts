import { type Command, Option } from 'commander';

interface Listing {
  readonly config: string;
  readonly pool?: string;
  readonly owner?: string;
  readonly ownerPrefix?: string;
  readonly address?: string;
  readonly label: string[];
  readonly output: string;
}

/** The commands that ask the running agent by its Unix socket. */
export function addClaimCommands(cli: Command): void {
  const claims = cli
    .command('claims')
    .description('claims of the agent that runs here, by its Unix socket: no token is needed');

  claims
    .command('list')
    .description('show claims and offers')
    .requiredOption('--config <file>', 'agent.yaml')
    .option('--pool <name>', 'of this pool')
    .option('--owner <key>', 'of this owner')
    .option('--owner-prefix <text>', 'of owners that begin so')
    .option('--address <address>', 'whoever holds this address or MAC')
    .option('--label <name=value...>', 'with these labels', [])
    .addOption(outputOption())
    .action(async ({ config, output, ...selection }: Listing) => {
      const { claimText, listClaims } = await import('./claims.js');
      const found = await listClaims(config, selection);
      print(output === 'json' ? JSON.stringify(found, undefined, 2) : claimText(found));
    });

  claims
    .command('release')
    .description("give an owner's newest claim back, whichever credential made it")
    .requiredOption('--config <file>', 'agent.yaml')
    .requiredOption('--pool <name>')
    .requiredOption('--owner <key>')
    .action(async ({ config, pool, owner }: Record<'config' | 'pool' | 'owner', string>) => {
      const { releaseClaim } = await import('./claims.js');
      print(await releaseClaim(config, pool, owner));
    });

  claims
    .command('transfer')
    .description("hand an owner's newest claim over to another owner")
    .requiredOption('--config <file>', 'agent.yaml')
    .requiredOption('--pool <name>')
    .requiredOption('--from <key>')
    .requiredOption('--to <key>')
    .action(async (options: Record<'config' | 'pool' | 'from' | 'to', string>) => {
      const { transferClaim } = await import('./claims.js');
      const { config, pool, from, to } = options;
      print(await transferClaim(config, pool, from, to));
    });

  cli
    .command('pools')
    .description('show pools and how full they are, by the Unix socket of the agent that runs here')
    .requiredOption('--config <file>', 'agent.yaml')
    .addOption(outputOption())
    .action(async ({ config, output }: { config: string; output: string }) => {
      const { listPools, poolText } = await import('./claims.js');
      const found = await listPools(config);
      print(output === 'json' ? JSON.stringify(found, undefined, 2) : poolText(found));
    });
}

function outputOption(): Option {
  return new Option('-o, --output <format>').choices(['table', 'json']).default('table');
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

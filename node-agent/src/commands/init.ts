import path from 'node:path';
import { IpAddress, NetloomError } from 'netloom';
import { stringify } from 'yaml';
import { configSchema, VERBS } from '../config';
import { problemsOfSchema } from '../problems';
import { makeCertificates } from './certificates';
import { checkFileName, makeToken, refuseExisting, writePrivate } from './files';

/** What `init` makes. */
export interface InitRequest {
  readonly folder: string;
  readonly name: string;
  /** `host:port`; 0 lets the kernel choose the port. */
  readonly listen: string;
  /** Further addresses and names by which the agent is reached. */
  readonly addresses: readonly string[];
}

/** Paths of what was made. */
export interface InitFiles {
  readonly configFile: string;
  readonly caFile: string;
  readonly tokenFile: string;
}

/** Makes certificates, a token with all rights, and an `agent.yaml` that `serve` takes as it is. */
export async function makeAgentFolder(request: InitRequest): Promise<InitFiles> {
  const { folder, name, listen } = request;
  checkFileName('--name', name);
  checkServable(request);
  const configFile = path.join(folder, 'agent.yaml');
  refuseExisting(configFile, 'choose an empty folder; netloom-agent cert renews certificates');
  const host = listen.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  const isEverywhere = ['0.0.0.0', '::'].includes(String(IpAddress.tryParse(host) ?? host));
  const addresses = [...(isEverywhere ? [] : [host]), ...request.addresses];
  const { caFile } = await makeCertificates({ folder, name, addresses, clients: [] });
  const { file: tokenFile, sha256 } = makeToken(path.join(folder, 'token'));
  const config = {
    name,
    listen: [listen],
    stateDir: 'state',
    tls: { certFile: 'server.crt', keyFile: 'server.key', clientCaFile: 'ca.crt' },
    tokens: [{ name: 'admin', sha256, verbs: [...VERBS], pools: ['*'], owners: ['*'] }],
  };
  const head = '# Made by netloom-agent init. Relative paths start at the folder of this file.\n';
  writePrivate(configFile, head + stringify(config));
  return { configFile, caFile, tokenFile };
}

/** Nothing is made that `serve` would refuse. @throws NetloomError NL_CONFIG_INVALID */
function checkServable({ name, listen }: InitRequest): void {
  const schema = configSchema.pick({ name: true, listen: true });
  const settings = { name, listen: [listen] };
  const { error } = schema.safeParse(settings);
  if (error === undefined) return;
  const problems = problemsOfSchema(error, schema, settings, 'NL_CONFIG_INVALID');
  // In the words of the command line: the file is not there yet.
  const optionOf = (key: string): string => `--${key.replace(/\[.*/, '')}`;
  throw new NetloomError(problems.map((problem) => ({ ...problem, key: optionOf(problem.key) })));
}

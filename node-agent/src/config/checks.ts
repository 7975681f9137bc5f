import type { Problem } from 'netloom';
import { apiServerOf } from './places';
import { configProblem, fileKey } from './problems';
import type { AgentConfig } from './schema';
import { checkStoreAccess } from './store';
import { HOST_ADDRESS } from './words';

/** What no key says by itself: keys that need each other, names that come twice. */
export function checkConfig(config: AgentConfig, file: string): Problem[] {
  return [
    ...checkListen(config, file),
    ...checkStoreAccess(config.store, apiServerOf(config), fileKey(file, 'store')),
    ...checkNamesOnce(config, file),
    ...checkCallers(config, file),
    ...checkAuditSources(config, file),
  ];
}

function checkListen({ listen }: AgentConfig, file: string): Problem[] {
  if (process.env[HOST_ADDRESS]) return [];
  return listen.flatMap((text, index) => {
    if (!text.startsWith(':')) return [];
    const found = `"${text}" has no address, and the environment has no ${HOST_ADDRESS}`;
    return [configProblem(file, `listen[${index}]`, found, 'HOST:PORT, such as 10.0.0.5:8443')];
  });
}

function checkNamesOnce(config: AgentConfig, file: string): Problem[] {
  return (['tokens', 'clients'] as const).flatMap((list) =>
    config[list].flatMap(({ name }, index) => {
      const first = config[list].findIndex((other) => other.name === name);
      if (first === index) return [];
      const key = `${list}[${index}].name`;
      return [
        configProblem(
          file,
          key,
          `"${name}" is the name of ${list}[${first}] already`,
          'each name once',
        ),
      ];
    }),
  );
}

function checkCallers(config: AgentConfig, file: string): Problem[] {
  if (config.clients.length > 0 && config.tls.clientCaFile === undefined) {
    const found = 'clients are listed, and nothing says which CA signed their certificates';
    return [configProblem(file, 'tls.clientCaFile', found, 'a PEM file with that CA')];
  }
  if (config.kubernetes !== undefined) return checkApiServer(config, file);
  if (config.tokens.length > 0 || config.clients.length > 0) return [];
  const found = 'neither tokens nor clients are listed, so nobody could call this agent';
  return [configProblem(file, 'tokens', found, 'at least one token or client, or kubernetes')];
}

function checkAuditSources({ audit, kubernetes }: AgentConfig, file: string): Problem[] {
  const asked = audit.sources.filter((source) => source !== 'host-local');
  if (asked.length === 0 || kubernetes !== undefined) return [];
  const found = `${asked.join(' and ')} can only be seen through the API server, and kubernetes is not set`;
  return [configProblem(file, 'audit.sources', found, 'host-local alone, or kubernetes with it')];
}

function checkApiServer(config: AgentConfig, file: string): Problem[] {
  if (apiServerOf(config) !== undefined) return [];
  const found = 'nothing says where the API server is: this is no pod of a cluster';
  return [configProblem(file, 'kubernetes.apiServer', found, 'an https URL, outside of a pod')];
}

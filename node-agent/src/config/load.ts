import { readFileSync } from 'node:fs';
import path from 'node:path';
import { NetloomError } from 'netloom';
import { parseDocument } from 'yaml';
import { problemsOfSchema } from '../problems';
import { checkConfig } from './checks';
import { configProblem, fileKey, unreadable } from './problems';
import { type AgentConfig, configSchema } from './schema';
import { absoluteStore } from './store';
import { NODE_NAME } from './words';

/**
 * Reads `agent.yaml`. Relative paths in it start at its own folder.
 *
 * @throws NetloomError NL_CONFIG_INVALID, naming file and keys, all at once
 */
export function loadConfig(file: string): AgentConfig {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new NetloomError(unreadable('--config', file, error), { cause: error });
  }
  const document = parseDocument(text, { prettyErrors: true });
  const problems = document.errors.map((error) =>
    configProblem(file, '', oneLine(error.message), 'YAML'),
  );
  if (problems.length > 0) throw new NetloomError(problems);
  return parseConfig(named(document.toJS()), path.dirname(path.resolve(file)), file);
}

/** With the name of the pod's node, where the file leaves it out. */
function named(input: unknown): unknown {
  const name = process.env[NODE_NAME];
  const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
  return isObject && name ? { name, ...input } : input;
}

/** Checks a configuration that is in memory already. */
export function parseConfig(input: unknown, folder: string, file = 'configuration'): AgentConfig {
  const parsed = configSchema.safeParse(input ?? {});
  if (!parsed.success) {
    const { error } = parsed;
    const code = 'NL_CONFIG_INVALID';
    const found = problemsOfSchema(error, configSchema, input ?? {}, code, isSecretKey);
    throw new NetloomError(
      found.map((problem) => ({ ...problem, key: fileKey(file, problem.key) })),
    );
  }
  const config = parsed.data;
  const problems = checkConfig(config, file);
  if (problems.length > 0) throw new NetloomError(problems);
  const absolute = (name: string): string => path.resolve(folder, name);
  const { certFile, keyFile, clientCaFile } = config.tls;
  return {
    ...config,
    stateDir: absolute(config.stateDir),
    socket: absoluteSocket(config.socket, absolute),
    store: absoluteStore(config.store, folder),
    tls: {
      certFile: absolute(certFile),
      keyFile: absolute(keyFile),
      ...(clientCaFile === undefined ? {} : { clientCaFile: absolute(clientCaFile) }),
    },
    tokens: config.tokens.map((token) =>
      token.file === undefined ? token : { ...token, file: absolute(token.file) },
    ),
    ...(config.kubernetes && {
      kubernetes: {
        ...config.kubernetes,
        caFile: absolute(config.kubernetes.caFile),
        tokenFile: absolute(config.kubernetes.tokenFile),
      },
    }),
  };
}

function absoluteSocket(
  socket: AgentConfig['socket'],
  absolute: (name: string) => string,
): AgentConfig['socket'] {
  if (socket === 'none' || socket.path === undefined) return socket;
  return { ...socket, path: absolute(socket.path) };
}

/** A hash is no secret, but a token that was pasted in its place is. */
function isSecretKey(key: string): boolean {
  return key.endsWith('.sha256');
}

function oneLine(text: string): string {
  return text.split('\n')[0]?.replace(/[.:]$/, '') ?? text;
}

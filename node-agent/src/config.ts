import { readFileSync } from 'node:fs';
import path from 'node:path';
import { AUDIT_GRACE_MS, Cidr, NetloomError, type Problem } from 'netloom';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { HOST_LOCAL_DIRS, SANDBOX_DIRS } from './audit/places';
import { CNI_BIN_DIRS, CNI_CONF_DIRS } from './node-facts';
import { problemsOfSchema } from './problems';
import { absoluteStore, checkStoreAccess, storeSchema } from './store-config';

/** What a credential may do. */
export const VERBS = ['read', 'offer', 'claim', 'bridge'] as const;

/** One of {@link VERBS}. */
export type Verb = (typeof VERBS)[number];

const globs = z.array(z.string().min(1).max(1024)).default(['*']);

/** How much a credential may hold at a time, over all pools. */
const quota = z
  .strictObject({
    claims: z.number().int().min(0).optional(),
    offers: z.number().int().min(0).optional(),
  })
  .optional();

const rights = {
  quota,
  verbs: z.array(z.enum(VERBS)).min(1),
  /** Pools it may use; `*` stands for any characters. */
  pools: globs,
  /** Owner keys it may act for; `*` stands for any characters. */
  owners: globs,
};

const tokenSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9]([-a-z0-9._]{0,61}[a-z0-9])?$/, 'up to 63 of a-z, 0-9, "-", "." and "_"'),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/i, 'the 64 hexadecimal digits that netloom-agent token prints')
      .optional(),
    file: z.string().min(1).optional(),
    ...rights,
  })
  .refine((token) => (token.sha256 === undefined) !== (token.file === undefined), {
    message: 'either sha256 or file',
  });

const clientSchema = z.strictObject({
  /** Common name of the client certificate. */
  name: z.string().min(1).max(64),
  ...rights,
});

/** Where Kubernetes puts what a pod needs to talk to its API server. */
export const POD_ACCESS = '/var/run/secrets/kubernetes.io/serviceaccount';

const kubernetesSchema = z.strictObject({
  /** What a caller's token has to be made for. */
  audience: z.string().min(1).max(253).default('netloom-agent'),
  /** @default - that of the pod that the agent runs in */
  apiServer: z
    .url({ protocol: /^https$/, message: 'an https URL, such as https://10.96.0.1:443' })
    .optional(),
  caFile: z.string().min(1).default(`${POD_ACCESS}/ca.crt`),
  /** File with the agent's own token. */
  tokenFile: z.string().min(1).default(`${POD_ACCESS}/token`),
  /** What ServiceAccounts may use beyond the verbs that RBAC gives them; the first that fits counts. */
  accounts: z
    .array(
      z.strictObject({
        /** `namespace/name`; `*` stands for any characters. */
        name: z
          .string()
          .regex(/^[-a-z0-9.*]+\/[-a-z0-9.*]+$|^\*$/, 'namespace/name, such as shop/*'),
        pools: globs,
        owners: globs,
        /** Of each account. */
        quota,
      }),
    )
    .default([{ name: '*', pools: ['*'], owners: ['*'] }]),
});

/** Takes `10.0.0.5:8443`, `[fd00::5]:8443`, `localhost:8443` and `:8443`. */
const LISTEN = /^(\[[0-9a-fA-F:.]+\]|[^:[\]\s]*):(\d{1,5})$/;

/** What a pod learns of its node: one configuration then serves all nodes. */
const NODE_NAME = 'NETLOOM_NODE_NAME';
const HOST_ADDRESS = 'NETLOOM_HOST_ADDRESS';

const hostPath = z.string().regex(/^\//, 'an absolute path');

/** Nothing that `firewall-cmd` gives a meaning to. */
const firewalldName = z
  .string()
  .regex(/^[A-Za-z0-9][-A-Za-z0-9_]{0,63}$/, 'up to 64 letters, digits, "-" and "_"');

const configSchema = z.strictObject({
  /** Name of the node or agent: part of the bridges' MAC addresses. @default - NETLOOM_NODE_NAME of the environment */
  name: z
    .string()
    .regex(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/, 'a DNS name in lower case, such as edge-1'),
  /** `:8443` listens on the address in NETLOOM_HOST_ADDRESS of the environment. */
  listen: z
    .array(
      z.string().refine((text) => Number(LISTEN.exec(text)?.[2] ?? 65536) < 65536, {
        message: 'HOST:PORT, such as 10.0.0.5:8443 or [fd00::5]:8443',
      }),
    )
    .min(1)
    .default(['127.0.0.1:8443']),
  /** Folder of the store. */
  stateDir: z.string().min(1),
  store: storeSchema,
  tls: z.strictObject({
    certFile: z.string().min(1),
    keyFile: z.string().min(1),
    /** CA of client certificates. @default - none are asked for */
    clientCaFile: z.string().min(1).optional(),
  }),
  tokens: z.array(tokenSchema).default([]),
  clients: z.array(clientSchema).default([]),
  /** ServiceAccount tokens of a cluster, told by its API server. @default - none are taken */
  kubernetes: kubernetesSchema.optional(),
  /** Where the command line on this host comes in, without a token. `none` for no socket. */
  socket: z
    .union([
      z.literal('none'),
      z.strictObject({
        /** @default - `agent.sock` in stateDir */
        path: z.string().min(1).optional(),
        /** Group whose members may use it, too. @default - root and the agent's own user alone */
        gid: z.number().int().min(0).optional(),
        ...rights,
        verbs: z
          .array(z.enum(VERBS))
          .min(1)
          .default([...VERBS]),
      }),
    ])
    .prefault({}),
  /** How often each credential may ask, and how much it may keep open. */
  limits: z
    .strictObject({
      /** Of each identity; twice as many at once. Each step of a batch counts. */
      requestsPerSecond: z.number().int().min(1).max(1_000_000).default(2_000),
      /** Open watches of each identity. */
      watches: z.number().int().min(1).max(10_000).default(16),
      /** Open connections of all callers together, on each address. */
      connections: z.number().int().min(1).max(100_000).default(1_024),
    })
    .prefault({}),
  /** Pools that other agents hold: asked for them, this agent answers with their names. */
  authorities: z
    .array(
      z.strictObject({
        /** Names of pools; `*` stands for any characters. */
        pools: z.array(z.string().min(1).max(253)).min(1),
        agent: z.string().min(1).max(253),
        url: z.url({ protocol: /^https$/, message: 'an https URL' }).optional(),
      }),
    )
    .default([]),
  /** Addresses that are in use, beside those that are claimed: where to look, and how often. */
  audit: z
    .strictObject({
      /** `whereabouts` and `network-status` need `kubernetes`. */
      sources: z
        .array(z.enum(['host-local', 'whereabouts', 'network-status']))
        // A pod has the host's folders only where they are mounted: elsewhere it would see an empty host.
        .default((): ['host-local'] | [] => (process.env[NODE_NAME] ? [] : ['host-local'])),
      everySeconds: z.number().int().min(1).max(86_400).default(300),
      /** Something is repaired, or given again, when it was found for so long. */
      graceSeconds: z
        .number()
        .int()
        .min(0)
        .max(86_400)
        .default(AUDIT_GRACE_MS / 1000),
      /** Folders of host-local, as they are on the host: also each `dataDir` that networks name. */
      hostLocalDirs: z
        .array(hostPath)
        .min(1)
        .default([...HOST_LOCAL_DIRS]),
      /** Folders in which container runtimes keep a folder for each sandbox, as they are on the host. */
      sandboxDirs: z
        .array(hostPath)
        .min(1)
        .default([...SANDBOX_DIRS]),
    })
    .prefault({}),
  /** The host: how often it is looked at, and where other programs have put their things. */
  host: z
    .strictObject({
      /** What may be done here at all; no request widens it. */
      policy: z
        .strictObject({
          /** Names of bridges; `*` stands for any characters. */
          bridges: globs,
          /** Names of interfaces that may become ports; `*` stands for any characters. */
          ports: globs,
          /** Whether bridges that others made may be taken over. */
          adopt: z.enum(['yes', 'no']).default('no'),
          /** Whether the interface of the node's own traffic may become a port, under the watchdog. */
          uplink: z.enum(['never', 'confirm']).default('never'),
          /** Networks, in prefix form, of which this node may be told to ask targets. */
          reach: z
            .array(
              z.string().refine((text) => Cidr.tryParse(text), 'a network such as 10.0.0.0/24'),
            )
            .default([]),
        })
        .prefault({}),
      /** Services that firewalld shall let in, `dhcp` for a DHCP server on a bridge; closed again by `remove`. */
      firewalld: z
        .array(
          z.strictObject({
            /** @default - firewalld's default zone */
            zone: firewalldName.optional(),
            services: z.array(firewalldName).min(1),
          }),
        )
        .default([]),
      /** Whether bridges may be changed while no watchdog runs that could take it back. */
      watchdog: z.enum(['optional', 'required']).default('optional'),
      /** `HOST:PORT` that has to be reachable after a change if it was before. @default - a pod's API server */
      apiServer: z
        .string()
        .regex(/^(\[[0-9a-fA-F:.]+\]|[^:[\]\s]+):\d{1,5}$/, 'HOST:PORT')
        .optional(),
      /** What else has to be: which of the default gateways, and whether the name servers. */
      probes: z
        .strictObject({
          /** Addresses of gateways; `*` stands for any characters. */
          gateways: globs,
          /** Those of `/etc/resolv.conf`. */
          nameServers: z.enum(['yes', 'no']).default('yes'),
        })
        .prefault({}),
      /** All bridges are looked at that often, also when the kernel reports no change. */
      scanSeconds: z.number().int().min(1).max(3600).default(60),
      /** The host's root as the agent sees it: where it is mounted, in a pod. */
      root: hostPath.default('/'),
      /** Folders with CNI configuration, as they are on the host. */
      cniConfDirs: z
        .array(hostPath)
        .min(1)
        .default([...CNI_CONF_DIRS]),
      /** Folders with CNI plugins, as they are on the host. */
      cniBinDirs: z
        .array(hostPath)
        .min(1)
        .default([...CNI_BIN_DIRS]),
    })
    .prefault({}),
});

/** `agent.yaml`, checked, with absolute paths. */
export type AgentConfig = z.infer<typeof configSchema>;

/** A place to listen on. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

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
    const found = problemsOfSchema(parsed.error, input ?? {}, 'NL_CONFIG_INVALID', isSecretKey);
    throw new NetloomError(
      found.map((problem) => ({ ...problem, key: fileKey(file, problem.key) })),
    );
  }
  const config = parsed.data;
  const problems = [
    ...checkListen(config, file),
    ...checkStoreAccess(config.store, apiServerOf(config), fileKey(file, 'store')),
    ...checkNamesOnce(config, file),
    ...checkCallers(config, file),
    ...checkAuditSources(config, file),
  ];
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

/** The Unix socket's place; undefined where there is none. */
export function socketPath({ socket, stateDir }: AgentConfig): string | undefined {
  if (socket === 'none') return undefined;
  return socket.path ?? path.join(stateDir, 'agent.sock');
}

/** The places to listen on. Port 0 lets the kernel choose. */
export function listenAddresses(config: AgentConfig): ListenAddress[] {
  return config.listen.map((text) => {
    const [, host = '', port = ''] = LISTEN.exec(text) ?? [];
    const address = host === '' ? process.env[HOST_ADDRESS] : host;
    return { host: (address ?? '').replace(/^\[|\]$/g, ''), port: Number(port) };
  });
}

/** The problem of a file that the configuration names and that can't be read. */
export function unreadable(key: string, file: string, error: unknown): Problem {
  const why = (error as NodeJS.ErrnoException).code ?? 'unknown error';
  return {
    code: 'NL_CONFIG_INVALID',
    key,
    found: `${file} can't be read (${why})`,
    allowed: 'a file that the agent may read',
    fix: 'correct the path or the rights; netloom-agent init makes a complete set of files',
  };
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

/** The API server's address: as configured, else that of the pod's cluster. */
export function apiServerOf(
  { kubernetes }: AgentConfig,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  if (kubernetes?.apiServer !== undefined) return kubernetes.apiServer;
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = env;
  if (!host) return undefined;
  return `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function configProblem(file: string, key: string, found: string, allowed: string): Problem {
  return {
    code: 'NL_CONFIG_INVALID',
    key: fileKey(file, key),
    found,
    allowed,
    fix: 'correct the file; netloom-agent init writes a complete one',
  };
}

function fileKey(file: string, key: string): string {
  return key === '' ? file : `${file}: ${key}`;
}

/** A hash is no secret, but a token that was pasted in its place is. */
function isSecretKey(key: string): boolean {
  return key.endsWith('.sha256');
}

function oneLine(text: string): string {
  return text.split('\n')[0]?.replace(/[.:]$/, '') ?? text;
}

import { z } from 'zod';
import { auditSchema } from './audit';
import { clientSchema, rights, tokenSchema, VERBS } from './credentials';
import { hostSchema } from './host';
import { kubernetesSchema } from './kubernetes';
import { storeSchema } from './store';

/** Takes `10.0.0.5:8443`, `[fd00::5]:8443`, `localhost:8443` and `:8443`. */
export const LISTEN = /^(\[[0-9a-fA-F:.]+\]|[^:[\]\s]*):(\d{1,5})$/;

/** All of `agent.yaml`. */
export const configSchema = z.strictObject({
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
  audit: auditSchema,
  host: hostSchema,
});

/** `agent.yaml`, checked, with absolute paths. */
export type AgentConfig = z.infer<typeof configSchema>;

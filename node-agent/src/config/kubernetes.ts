import { z } from 'zod';
import { quota } from './credentials';
import { globs } from './words';

/** Where Kubernetes puts what a pod needs to talk to its API server. */
export const POD_ACCESS = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The cluster whose ServiceAccounts may call. */
export const kubernetesSchema = z.strictObject({
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

import { z } from 'zod';

const text = z.string();
const count = z.number().int();

const interfaceSchema = z.object({
  name: text,
  kind: text.optional(),
  up: z.boolean(),
  carrier: z.boolean().optional(),
  /** Mbit/s. */
  speed: count.optional(),
  mtu: count,
  mac: text,
  master: text.optional(),
  addresses: z.array(text),
  hasDefaultRoute: z.boolean(),
});

const confFileSchema = z.object({
  file: text,
  name: text.optional(),
  types: z.array(text),
  error: text.optional(),
  multus: z
    .object({
      clusterNetwork: text.optional(),
      clusterNetworkFound: z.boolean().optional(),
      kubeconfig: text.optional(),
      kubeconfigFound: z.boolean().optional(),
    })
    .optional(),
});

/** `GET /v1/node`: what secondary networks find on a node. */
export const nodeFactsSchema = z.object({
  node: text,
  /** Release of the kernel, e.g. `6.1.0-18-amd64`. */
  kernel: text,
  interfaces: z.array(interfaceSchema),
  modules: z.array(
    z.object({
      name: text,
      state: z.enum(['loaded', 'built-in', 'available', 'missing', 'unknown']),
    }),
  ),
  /** Folders that are there, with their files in the order in which a runtime looks at them. */
  cniConfDirs: z.array(z.object({ dir: text, files: z.array(confFileSchema) })),
  cniBinDirs: z.array(
    z.object({ dir: text, plugins: z.array(z.object({ name: text, release: text.optional() })) }),
  ),
  crio: z
    .object({
      defaultNetwork: text.optional(),
      networkDir: text,
      pluginDirs: z.array(text),
      file: text.optional(),
    })
    .optional(),
  dhcpSocket: text.optional(),
  firewalld: z
    .object({
      running: z.boolean(),
      zones: z.array(
        z.object({
          name: text,
          interfaces: z.array(text),
          sources: z.array(text),
          services: z.array(text),
        }),
      ),
    })
    .optional(),
});

export type NodeFactsView = z.infer<typeof nodeFactsSchema>;

import { Cidr } from 'netloom';
import { z } from 'zod';
import { CNI_BIN_DIRS, CNI_CONF_DIRS } from '../node-facts';
import { globs, hostPath } from './words';

/** Nothing that `firewall-cmd` gives a meaning to. */
const firewalldName = z
  .string()
  .regex(/^[A-Za-z0-9][-A-Za-z0-9_]{0,63}$/, 'up to 64 letters, digits, "-" and "_"');

/** The host: how often it is looked at, and where other programs have put their things. */
export const hostSchema = z
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
          .array(z.string().refine((text) => Cidr.tryParse(text), 'a network such as 10.0.0.0/24'))
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
  .prefault({});

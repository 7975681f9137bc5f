import { flag, integer, objectSpec, objects, text, type WithExtra } from './spec';

/** An option that the lease is asked for. */
export interface DhcpRequest extends WithExtra {
  /** Name or number, 0 to 255: one of {@link DHCP_OPTIONS}. @default - none: `skipDefault` alone */
  readonly option?: string | undefined;
  /** Leaves out what is asked for by default (routers, subnet-mask). @default false */
  readonly skipDefault?: boolean | undefined;
}

/** An option that the server is told. */
export interface DhcpProvide extends WithExtra {
  /** Name or number, 0 to 255: one of {@link DHCP_OPTIONS}. */
  readonly option: string;
  /** Up to 255 bytes; told where `fromArg` finds nothing. @default - `fromArg` */
  readonly value?: string | undefined;
  /** Key of CNI_ARGS whose value is told, e.g. `K8S_POD_NAME`. @default - `value` */
  readonly fromArg?: string | undefined;
}

/**
 * Addresses leased from a DHCP server by the daemon on the node. IPv4 only.
 *
 * @see https://www.cni.dev/plugins/current/ipam/dhcp/
 */
export interface DhcpSettings extends WithExtra {
  /** Socket of the daemon. @default /run/cni/dhcp.sock */
  readonly daemonSocketPath?: string | undefined;
  /** Since plugins 1.1.0. @default - routers and subnet-mask */
  readonly request?: readonly DhcpRequest[] | undefined;
  /** Since plugins 1.1.0. @default - none */
  readonly provide?: readonly DhcpProvide[] | undefined;
  /** Metric of the routes that the server sends. Since plugins 1.6.0. @default 0 */
  readonly priority?: number | undefined;
}

/** The options that have names. */
export const DHCP_OPTIONS = [
  'dhcp-client-identifier',
  'subnet-mask',
  'routers',
  'host-name',
  'user-class',
  'vendor-class-identifier',
] as const;

const REQUEST = objectSpec<DhcpRequest>('a request of dhcp', {
  option: text(),
  skipDefault: flag(),
});

const PROVIDE = objectSpec<DhcpProvide>('a provision of dhcp', {
  option: text({ required: true }),
  value: text(),
  fromArg: text(),
});

export const DHCP = objectSpec<DhcpSettings>('dhcp', {
  daemonSocketPath: text(),
  request: objects(REQUEST, { since: '1.1.0' }),
  provide: objects(PROVIDE, { since: '1.1.0' }),
  priority: integer(0, 4294967295, 'a metric', { since: '1.6.0' }),
});

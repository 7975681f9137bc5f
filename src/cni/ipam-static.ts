import { type CniDns, DNS } from './plugin-settings';
import { type CniRoute, ROUTE } from './routes';
import { object, objectSpec, objects, text, type WithExtra } from './spec';

/** An address that every pod of the network gets. */
export interface StaticAddress extends WithExtra {
  /** With prefix length, e.g. `192.168.122.5/24`. */
  readonly address: string;
  /** @default - none */
  readonly gateway?: string | undefined;
}

/**
 * Addresses written down: here, or by each pod that attaches (`ips`).
 *
 * @see https://www.cni.dev/plugins/current/ipam/static/
 */
export interface StaticSettings extends WithExtra {
  /** @default - none: each pod has to bring its own */
  readonly addresses?: readonly StaticAddress[] | undefined;
  /**
   * Routes for the pod. The plugin reports no gateway for an address that a pod brought: a route
   * without `gw` is then taken to be on the link.
   */
  readonly routes?: readonly CniRoute[] | undefined;
  readonly dns?: CniDns | undefined;
}

export const STATIC_ADDRESS = objectSpec<StaticAddress>('an address of static', {
  address: text({ required: true }),
  gateway: text(),
});

export const STATIC = objectSpec<StaticSettings>('static', {
  addresses: objects(STATIC_ADDRESS),
  routes: objects(ROUTE),
  dns: object(DNS),
});

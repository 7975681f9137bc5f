import { addressText, uplinkImage } from '../bridges';
import { addressName, addressWords } from '../checkpoint/address-lines';
import type { HostImage, RouteImage } from '../checkpoint/host-image';
import { routeWords } from '../checkpoint/route-lines';
import type { MovedRoute, MovedUplink, NetworkRecord } from '../store';
import { type HostNetwork, type HostRouteState, MAIN_TABLE } from './host-network';
import { type HostCommand, ipCommand } from './host-step';
import { prefixOf } from './kernel-words';
import { routeKey, type SettingKey, type SettingValue, settingKey } from './setting';

/** The ports of a record that carried the node's own traffic when they were taken. */
export type Uplinks = NonNullable<NetworkRecord['uplinks']>;

/** How a setting is brought about to the letter, where the usual command would leave something out. */
export interface ExactCommands {
  /** Where it is not there yet. */
  readonly on: readonly HostCommand[];
  /** Where it is there, with other attributes. @default - the same */
  readonly again?: readonly HostCommand[] | undefined;
  /** @default - the usual one */
  readonly off?: readonly HostCommand[] | undefined;
}

/**
 * What moves to a bridge with a port.
 *
 * @param details of the port, looked at for this
 */
export function movedUplink(
  port: string,
  bridge: string,
  host: HostNetwork,
  details: HostImage,
): MovedUplink | undefined {
  const image = uplinkImage(port, details);
  const mac = host.links.get(port)?.mac;
  if (!image || mac === undefined) return undefined;
  const routes = image.routes.flatMap((route): MovedRoute[] => {
    const state = stateOf(route, port, host);
    return state ? [{ ...placeOfRoute(state), words: state.words, image: route }] : [];
  });
  return { bridge, mac, addresses: image.addresses, routes };
}

function placeOfRoute({ dst, table, metric }: HostRouteState) {
  return { dst, table, metric };
}

/** Numbers of the tables that have names on every host. */
const TABLES: Readonly<Record<string, number>> = { main: MAIN_TABLE, default: 253, local: 255 };

/** The same route as plans know it. A table with a name of the host's own is one without a usual number. */
function stateOf(route: RouteImage, port: string, host: HostNetwork): HostRouteState | undefined {
  const { family, table = 'main', metric = 0 } = route;
  const dst = prefixOf(family === 'inet' ? 4 : 6, route.dst);
  const number = TABLES[table] ?? Number(table);
  const known = Object.values(TABLES);
  return [...host.routes.values()].find(
    (one) =>
      one.link === port &&
      one.dst === dst &&
      one.metric === metric &&
      (Number.isNaN(number) ? !known.includes(one.table) : one.table === number),
  );
}

/** What is wanted of a port and its bridge: the bridge has what the port had. */
export function movedSettings(
  port: string,
  { bridge, addresses, routes }: MovedUplink,
): [SettingKey, SettingValue][] {
  return [
    ...addresses.flatMap((one): [SettingKey, SettingValue][] => [
      [settingKey('address', port, addressText(one)), null],
      [settingKey('address', bridge, addressText(one)), 'on'],
    ]),
    ...routes.flatMap((one): [SettingKey, SettingValue][] => [
      [routeKey({ ...one, link: port }), null],
      [routeKey({ ...one, link: bridge }), one.words],
    ]),
  ];
}

/** Addresses and routes of uplinks with all their attributes, both there and back. */
export function exactCommands(uplinks: Uplinks): Map<SettingKey, ExactCommands> {
  const found = new Map<SettingKey, ExactCommands>();
  for (const [port, { bridge, addresses, routes }] of Object.entries(uplinks)) {
    for (const dev of [port, bridge]) {
      for (const one of addresses) {
        // On a bridge whose ports do not forward yet duplicate address detection proves nothing.
        const isNew = dev === bridge && one.family === 'inet6';
        const words = addressWords(isNew ? { ...one, nodad: true } : one, dev);
        found.set(settingKey('address', dev, addressText(one)), {
          on: [ipCommand(`addr replace ${words}`)],
          off: [ipCommand(`addr del ${addressName(one)} dev ${dev}`)],
        });
      }
      for (const one of routes) {
        const key = routeKey({ ...one, link: dev });
        const words = routeWords(one.image, dev);
        // `replace` would take the place of a route through another link.
        found.set(key, {
          on: [ipCommand(`route add ${words}`)],
          again: [ipCommand(`route replace ${words}`)],
        });
      }
    }
  }
  return found;
}

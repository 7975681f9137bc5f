import { CHAIN_CAPABILITIES } from '../cni';
import type { NetworkDefinition } from '../kubernetes';

/**
 * True where a plugin of the network declares a capability: only then does Multus hand it what a pod
 * asks for.
 *
 * @param capability e.g. `portMappings`
 */
export function declares(network: NetworkDefinition, capability: string): boolean {
  const { link, ipam, chain = [], verbatim = false } = network;
  const written = [link, ...chain].some((plugin) => declared(plugin)?.[capability] === true);
  if (written || verbatim) return written;
  // What `networkConfig` adds where nothing is said.
  if (capability === 'ips') return ipam.kind === 'static' && declared(link) === undefined;
  return chain.some(
    (one) =>
      one.kind !== 'raw' &&
      declared(one) === undefined &&
      CHAIN_CAPABILITIES[one.kind] === capability,
  );
}

function declared(
  plugin: NetworkDefinition['link'] | NonNullable<NetworkDefinition['chain']>[number],
): Readonly<Record<string, unknown>> | undefined {
  const { capabilities } = plugin.kind === 'raw' ? plugin.config : plugin.settings;
  return typeof capabilities === 'object' && capabilities !== null
    ? (capabilities as Readonly<Record<string, unknown>>)
    : undefined;
}

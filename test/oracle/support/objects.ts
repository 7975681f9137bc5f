import { nad, pod } from '../../rules/manifests';
import type { Chain, PluginCase, PodRequest } from '../cases/case';

/** One attachment as an element of the annotation. */
interface Element extends PodRequest {
  readonly name: string;
  readonly interface: string;
}

/** What of a request an annotation can say. */
const ASKED = ['ips', 'mac', 'portMappings', 'bandwidth', 'deviceID', 'cni-args'] as const;

/**
 * A case as objects of a cluster: its networks, the pods that ask for them, and the bridges of the
 * host. All else of the host, and what reaches plugins without an annotation, is in no object.
 */
export function objectsOf(one: PluginCase): object[] {
  const { earlier = [], network = 'lan', host = [] } = one;
  const networks = [networkOf('lan', one.chain, network)];
  const own = [elementOf('lan', one.ifname ?? 'net1', one.args)];
  const pods: object[] = [];
  for (const [index, { chain, args, samePod, network: other = network }] of earlier.entries()) {
    const isSame = other === network && JSON.stringify(chain) === JSON.stringify(one.chain);
    const name = isSame ? 'lan' : `earlier${index}`;
    if (!isSame) networks.push(networkOf(name, chain, other));
    const element = elementOf(name, samePod ? 'net9' : 'net1', args);
    if (samePod) own.unshift(element);
    else pods.push(podOf(`earlier${index}`, [element]));
  }
  return [...bridgesOf(host), ...networks, ...pods, podOf('web', own)];
}

function networkOf(name: string, chain: Chain, network: string): object {
  return nad({ ...chain, name: network }, { name });
}

function elementOf(name: string, ifname: string, args: PodRequest = {}): Element {
  const asked = ASKED.flatMap((member) => (args[member] ? [[member, args[member]]] : []));
  return { name, interface: ifname, ...Object.fromEntries(asked) };
}

function podOf(name: string, elements: readonly Element[]): object {
  const asked = pod(JSON.stringify(elements)) as { metadata: object };
  return { ...asked, metadata: { ...asked.metadata, name } };
}

/** The bridges that the lines for the host make, with what the lines give them. */
function bridgesOf(lines: readonly string[]): object[] {
  const words = lines.map((line) => line.split(' '));
  const bridges = words.filter(([object, verb]) => object === 'link' && verb === 'add');
  return bridges.map(([, , bridge]) => ({
    apiVersion: 'netloom.io/v1alpha1',
    kind: 'HostBridge',
    metadata: { name: bridge },
    spec: {
      bridge,
      addresses: words.flatMap(([object, , address, , device]) =>
        object === 'addr' && device === bridge ? [address] : [],
      ),
      ports: words.flatMap(([, verb, port, key, master]) =>
        verb === 'set' && key === 'master' && master === bridge ? [port] : [],
      ),
    },
  }));
}

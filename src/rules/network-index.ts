import { claimedName, hasTwin, type NamedNetwork, type NetworkDefinition } from '../kubernetes';
import type { World } from './world';

/** The networks that are there. */
export type KnownNetworks = Pick<World, 'networks' | 'unread' | 'isComplete'>;

/** What is known of a network that something names. */
export type Lookup =
  | { readonly state: 'found'; readonly network: NetworkDefinition }
  /** It is there, and what it is nobody knows. */
  | { readonly state: 'unread' }
  /** It is certain that there is none. */
  | { readonly state: 'missing' }
  /** Nobody knows: networks of that namespace were not given. */
  | { readonly state: 'unseen' };

const indexes = new WeakMap<KnownNetworks, NetworkIndex>();

/** The index of a world, made once. */
export function indexOf(world: KnownNetworks): NetworkIndex {
  const before = indexes.get(world);
  if (before) return before;
  const index = new NetworkIndex(world);
  indexes.set(world, index);
  return index;
}

/**
 * Finds networks by their names. An object without a namespace can be applied to any: it answers to
 * every namespace, and what it names may be anywhere.
 */
export class NetworkIndex {
  private readonly byObject = new Map<string, NetworkDefinition>();
  private readonly byName = new Map<string, NamedNetwork[]>();
  private readonly unread = new Set<string>();
  private readonly namespaces = new Set<string | undefined>();
  private readonly isComplete: boolean;

  constructor({ networks, unread = [], isComplete = false }: KnownNetworks) {
    this.isComplete = isComplete;
    for (const network of networks) {
      this.add(network);
      this.byObject.set(objectOf(network.name, network.namespace), network);
      if (hasTwin(network)) this.addTwin(network);
    }
    for (const network of unread) {
      this.add(network);
      this.unread.add(objectOf(network.name, network.namespace));
    }
  }

  private addTwin(network: NetworkDefinition): void {
    const { namespace } = network;
    const name = claimedName(network.name);
    this.add({ name, namespace });
    this.byObject.set(objectOf(name, namespace), network);
  }

  private add(network: NamedNetwork): void {
    this.namespaces.add(network.namespace);
    const known = this.byName.get(network.name);
    if (known) known.push(network);
    else this.byName.set(network.name, [network]);
  }

  /** @param home namespace of who names it */
  find({ name, namespace }: NamedNetwork, home?: string): Lookup {
    const asked = namespace ?? home;
    const [anywhere] = asked === undefined ? (this.byName.get(name) ?? []) : [];
    for (const place of [asked, undefined, anywhere?.namespace]) {
      const object = objectOf(name, place);
      const network = this.byObject.get(object);
      if (network) return { state: 'found', network };
      if (this.unread.has(object)) return { state: 'unread' };
    }
    return { state: this.isComplete || this.namespaces.has(asked) ? 'missing' : 'unseen' };
  }

  /** Namespaces that have a network of a name. */
  homesOf(name: string): string[] {
    return (this.byName.get(name) ?? []).flatMap((one) => one.namespace ?? []);
  }

  /** All names. */
  names(): Iterable<string> {
    return this.byName.keys();
  }
}

function objectOf(name: string, namespace: string | undefined): string {
  return `${namespace ?? ''}/${name}`;
}

import { type IConstruct, Node } from 'constructs';
import type { HostBridgeDefinition, NetworkDefinition } from '../kubernetes';
import type { HeldAddresses, NetworksByObject } from '../rules';

/** What all constructs of one tree know of each other: rules that need several objects look here. */
export interface Model {
  readonly networks: NetworkDefinition[];
  readonly networksByObject: NetworksByObject;
  readonly bridges: HostBridgeDefinition[];
  readonly heldAddresses: HeldAddresses;
}

const models = new WeakMap<IConstruct, Model>();

/** The model of the tree that a construct stands in. */
export function modelOf(construct: IConstruct): Model {
  const root = Node.of(construct).root;
  const existing = models.get(root);
  if (existing) return existing;
  const model: Model = {
    networks: [],
    networksByObject: new Map(),
    bridges: [],
    heldAddresses: new Map(),
  };
  models.set(root, model);
  return model;
}

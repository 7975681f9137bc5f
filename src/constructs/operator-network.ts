import { Construct, type IConstruct, Node } from 'constructs';
import type { Problem } from '../errors';
import { type AdditionalNetwork, type AdditionalNetworkType, simpleMacvlan } from '../installs';
import { checkAdditionalNetwork } from '../rules';
import { clusterOf } from './cluster-facts';
import type { NetworkPart } from './network-part';
import { addAdditionalNetworks, entryProblems } from './openshift-operator';
import { silenceAt } from './silences';

/** A network whose objects OpenShift's operator makes. */
export interface OperatorNetwork {
  /** Its objects, twins included, all that there are at synthesis. */
  readonly parts: () => readonly NetworkPart[];
  readonly type: AdditionalNetworkType;
}

/**
 * Takes a network out of the tree, so that nothing writes its object, and puts a construct of the
 * same path there, which problems are told of. Its objects become entries of the operator's list.
 */
export function placeAtOperator(network: IConstruct, { parts, type }: OperatorNetwork): Construct {
  const { scope, id } = Node.of(network);
  (scope as IConstruct).node.tryRemoveChild(id);
  const place = new Construct(scope as Construct, id);
  silenceAt(network, place);
  addAdditionalNetworks(place, () => parts().map((part) => entryOf(part, type)));
  return place;
}

/** What the operator can't be told of a network, and what others have told it. */
export function checkAtOperator(
  place: IConstruct,
  parts: readonly NetworkPart[],
  type: AdditionalNetworkType,
  isPatched: boolean,
): Problem[] {
  const [{ network }] = parts as [NetworkPart];
  const { platform } = clusterOf(place).facts;
  const problems = checkAdditionalNetwork(network, type, platform, isPatched);
  return [...problems, ...entryProblems(place)];
}

function entryOf(part: NetworkPart, type: AdditionalNetworkType): AdditionalNetwork {
  const { name, network } = part;
  if (type === 'SimpleMacvlan') return simpleMacvlan({ ...network, name });
  return {
    name,
    namespace: network.namespace,
    // Printed when it is written: what can't be printed is told before.
    get rawCNIConfig() {
      return part.produce();
    },
    type,
  };
}

import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { Problem } from '../errors';
import type { OperatorNetworkSettings } from '../installs';
import {
  entryProblems,
  holdOperatorNetwork,
  type OperatorNetworkHolder,
} from './openshift-operator';
import { validateWith } from './validation';

export interface OpenShiftNetworksProps {
  /**
   * Starts the controller of MultiNetworkPolicy objects: macvlan, ipvlan, SR-IOV and bond.
   *
   * @default - as the cluster has it
   */
  readonly useMultiNetworkPolicy?: boolean;
}

/**
 * What this program adds to OpenShift's one object `Network.operator.openshift.io/cluster`: networks
 * with `additionalNetwork`, and the shims that start the daemons of dhcp and whereabouts. Without
 * this construct the object is made where it is needed, in the first chart that needs it.
 *
 * The object is a part only, for server-side apply: `kubectl apply --server-side
 * --field-manager=netloom`. See docs/platforms/openshift.md.
 */
export class OpenShiftNetworks extends Construct implements OperatorNetworkHolder {
  /** Its `spec` is filled at synthesis. */
  readonly apiObject: ApiObject;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: OpenShiftNetworksProps = {},
  ) {
    super(scope, id);
    this.apiObject = holdOperatorNetwork(this);
    validateWith(this, this);
  }

  /** @internal */
  _settings(): Pick<OperatorNetworkSettings, 'useMultiNetworkPolicy'> {
    return this.props;
  }

  /** @internal */
  _check(): readonly Problem[] {
    return entryProblems(this);
  }
}

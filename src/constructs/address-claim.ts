import { Construct } from 'constructs';
import { claimablePool } from '../cni';
import { NetloomError, type Problem } from '../errors';
import { IpAddress, type IpFamily, parsePoolSubnet, withPrefix } from '../ipam';
import { checkClaim, type NamedClaim } from '../rules';
import { modelOf } from './model';
import type { Network } from './network';
import { validateWith } from './validation';

export interface AddressClaimProps {
  /** The network whose claimable part the address is of. */
  readonly network: Network;
  /**
   * The address, e.g. `10.10.0.100`. A synthesis asks nobody, so it has to be written down here;
   * the Pulumi resource of the same name can be given one by the agent.
   *
   * @default - `addresses`
   * @throws NL_CLAIM_OUTSIDE_CLAIMABLE, NL_ADDRESS_NOT_FREE, at synthesis
   */
  readonly address?: string;
  /** One address of each family, for dual stack. @default - `address` alone */
  readonly addresses?: string[];
}

/**
 * An address of a network that is kept for one pod. Emits no object: the claimable part is out of
 * the reach of the network's IPAM, and no two claims of one program can have the same address.
 */
export class AddressClaim extends Construct {
  readonly network: Network;
  /** IPv4 before IPv6. */
  readonly addresses: string[];
  /** @internal */
  readonly _claim: NamedClaim;

  constructor(scope: Construct, id: string, props: AddressClaimProps) {
    super(scope, id);
    this.network = props.network;
    this.addresses = sorted([
      ...(props.address === undefined ? [] : [props.address]),
      ...(props.addresses ?? []),
    ]);
    this._claim = {
      name: this.node.path,
      network: this.network._definition,
      addresses: this.addresses,
    };
    modelOf(this).claims.set(this._claim, this);
    this.network._claim();
    validateWith(this, this);
  }

  /** The addresses with their subnets' prefix lengths, as static IPAM wants them. */
  get cidrs(): string[] {
    const subnets = (claimablePool(this.network._definition.ipam)?.subnets ?? []).map(
      parsePoolSubnet,
    );
    return this.addresses.map((text) => {
      const address = IpAddress.parse(text);
      const subnet = subnets.find((one) => one.subnet.contains(address));
      if (subnet) return withPrefix(text, subnet);
      throw new NetloomError(checkClaim(this._claim));
    });
  }

  /** @internal */
  _check(): Problem[] {
    const problems = checkClaim(this._claim).map((problem) =>
      problem.code === 'NL_CLAIM_OUTSIDE_CLAIMABLE'
        ? // Nobody can be asked for an address here.
          { ...problem, fix: 'take one of these' }
        : problem,
    );
    return [...this.checkPresent(), ...problems];
  }

  /** @internal */
  get _families(): IpFamily[] {
    return this.addresses.flatMap((text) => IpAddress.tryParse(text)?.family ?? []);
  }

  private checkPresent(): Problem[] {
    if (this.addresses.length > 0) return [];
    return [
      {
        code: 'NL_ADDRESS_INVALID',
        key: 'address',
        found: 'the claim has no address',
        allowed: 'an address of the claimable part: a synthesis has no agent to ask for one',
        fix: 'write address or addresses, or make the claim in a Pulumi program',
      },
    ];
  }
}

/** IPv4 first; what is no address stays where it is, for its check to tell. */
function sorted(addresses: string[]): string[] {
  const family = (text: string): number => (text.includes(':') ? 6 : 4);
  return addresses.sort((a, b) => family(a) - family(b));
}

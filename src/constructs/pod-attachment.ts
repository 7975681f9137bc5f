import { type IConstruct, Node } from 'constructs';
import type { Problem } from '../errors';
import {
  type Attachment,
  claimedName,
  type KubeOvnPodSettings,
  kubeOvnAnnotations,
  type NetworkDefinition,
  type NodeSelection,
} from '../kubernetes';
import { type AttachmentIntent, checkNodeGroup } from '../rules';
import type { AttachOptions } from './attach-options';
import { type INetwork, Network } from './network';
import { understood } from './understood-options';

const NONE: readonly Problem[] = [];

/** Options that are not written into the attachment, or not as they are. */
const ELSEWHERE: ReadonlySet<string> = new Set<keyof AttachOptions>([
  'claim',
  'nodeGroup',
  'kubeOvn',
  'binding',
]);

/** One network of a workload, as it was asked for. */
export class PodAttachment {
  /** Undefined for a network that something else makes. */
  readonly definition: NetworkDefinition | undefined;
  /** The nodes that the pod has to run on because of it. */
  readonly nodes: NodeSelection | undefined;
  /** What is wrong with the asking; keys are those of the options. */
  readonly problems: readonly Problem[];
  /** As rules look at it: without a claim's addresses, which may be wrong. */
  readonly intent: AttachmentIntent;
  /** True where Kube-OVN reads annotations of its own. */
  readonly isKubeOvn: boolean;
  readonly options: AttachOptions;

  constructor(
    workload: IConstruct,
    readonly network: INetwork,
    given: AttachOptions,
  ) {
    const { options, wrong } = understood(given);
    this.options = options;
    const { nodeGroup, kubeOvn } = options;
    const made = network instanceof Network ? network : undefined;
    const groups = made?._groups?.groups;
    this.nodes = groups?.find(({ name }) => name === nodeGroup)?.nodes;
    this.definition = made?._networkFor(nodeGroup) ?? network._definition;
    const { link, ipam } = this.definition ?? {};
    this.isKubeOvn = link?.kind === 'kube-ovn' || ipam?.kind === 'kube-ovn';
    this.intent = this.newIntent();
    const isElsewhere = made !== undefined && made.node.root !== Node.of(workload).root;
    // Nearly always there is nothing to be said.
    this.problems =
      isElsewhere || groups || nodeGroup !== undefined || kubeOvn !== undefined || wrong.length > 0
        ? [
            ...wrong,
            ...(isElsewhere ? [otherApp(made)] : NONE),
            ...checkNodeGroup(network.name, groups?.map(({ name }) => name) ?? [], nodeGroup),
            ...this.checkKubeOvn(),
          ]
        : NONE;
  }

  private newIntent(): AttachmentIntent {
    const { definition, options, network } = this;
    const { claim } = options;
    const attachment = this.attachment();
    if (!claim) return { attachment, network: definition };
    const { _claim, _families } = claim;
    // The claim is of the network, the attachment is to the part of it that is for the group.
    const own = claim.network === network && definition ? definition : _claim.network;
    const named = { name: _claim.name, network: own, families: _families };
    return { attachment, network: definition, claim: named };
  }

  private attachment(): Attachment {
    const { options, network, definition } = this;
    // Whoever does without types may pass something that has no name.
    const name = definition?.name ?? network.name ?? '';
    const { namespace } = network;
    const own = options.claim ? claimedName(name) : name;
    const attachment: Record<string, unknown> =
      namespace === undefined ? { name: own } : { name: own, namespace };
    for (const option in options) {
      const value = options[option as keyof AttachOptions];
      if (value !== undefined && !ELSEWHERE.has(option)) attachment[option] = value;
    }
    // Kube-OVN reads them in annotations of its own.
    if (this.isKubeOvn) delete attachment['ips'];
    if (this.isKubeOvn) delete attachment['mac'];
    return attachment as unknown as Attachment;
  }

  /** As it is written. @throws NetloomError for a claim that synthesis would refuse */
  get written(): Attachment {
    const { claim } = this.options;
    const { attachment } = this.intent;
    return claim ? { ...attachment, ips: claim.cidrs } : attachment;
  }

  /**
   * The annotations that Kube-OVN reads.
   *
   * @param interfaceName of a network that the pod attaches more than once
   */
  kubeOvnAnnotations(interfaceName: string | undefined): Record<string, string> {
    const { definition, options } = this;
    if (!definition || !this.isKubeOvn) return {};
    const settings: KubeOvnPodSettings = {
      ipAddress: options.ips?.join(','),
      macAddress: options.mac,
      ...options.kubeOvn,
    };
    return kubeOvnAnnotations(definition, settings, interfaceName);
  }

  private checkKubeOvn(): Problem[] {
    const { ips, mac, kubeOvn } = this.options;
    if (kubeOvn === undefined) return [];
    const conflict = (key: string, found: string, allowed: string, fix: string): Problem[] => [
      { code: 'NL_VALUES_CONFLICT', key, found, allowed, fix },
    ];
    if (!this.isKubeOvn) {
      const found = `network "${this.network.name}" is not known to be Kube-OVN's`;
      return conflict('kubeOvn', found, 'kubeOvn on its networks', 'leave kubeOvn out');
    }
    return [
      ...(ips && kubeOvn.ipAddress !== undefined
        ? conflict('ips', 'ips and kubeOvn.ipAddress are both set', 'one of them', 'leave ips out')
        : []),
      ...(mac !== undefined && kubeOvn.macAddress !== undefined
        ? conflict('mac', 'mac and kubeOvn.macAddress are both set', 'one of them', 'leave mac out')
        : []),
    ];
  }
}

function otherApp(network: Network): Problem {
  return {
    code: 'NL_NETWORK_NOT_FOUND',
    key: 'network',
    found: `network "${network.name}" is made in another App, so that nothing here makes it`,
    allowed: 'a network of the same App, or Network.fromName for one that something else makes',
    fix: `Network.fromName(this, 'id', { name: '${network.name}' })`,
  };
}

import { ValidatingAdmissionPolicy } from '@pulumi/kubernetes/admissionregistration/v1/validatingAdmissionPolicy';
import { ValidatingAdmissionPolicyBinding } from '@pulumi/kubernetes/admissionregistration/v1/validatingAdmissionPolicyBinding';
import * as pulumi from '@pulumi/pulumi';
import { NetloomError, type Problem } from '../errors';
import {
  type ClaimedAttachment,
  claimedPolicyBindingSpec,
  claimedPolicyName,
  claimedPolicySpec,
  platformFacts,
} from '../kubernetes';
import { configuredPlatform } from './platform';

/** A twin that only claims may attach to. */
export interface GuardedTwin {
  readonly namespace: pulumi.Output<string>;
  readonly name: pulumi.Output<string>;
  /** Name of the network that it is the twin of. */
  readonly network: pulumi.Output<string>;
}

/** Pods that attach to a twin by a claim, and the text of that attachment. */
export type ClaimedPods = pulumi.Output<ClaimedAttachment>;

/** API servers look for changed policies once a second: what comes sooner is judged by the old one. */
const REFRESH_MS = 3_000;

/** Lets only attachments that were written from claims through to a twin. */
export class ClaimedPolicy {
  /** The binding, once API servers go by it. */
  readonly ready: pulumi.Output<pulumi.Resource>;
  private readonly pods: ClaimedPods[] = [];
  private isSettled = false;

  constructor(name: string, twin: GuardedTwin, parent: pulumi.Resource) {
    const platform = configuredPlatform() ?? platformFacts('kubernetes');
    const { multusNamespace } = platform;
    // Who attaches by a claim is known when the program has run.
    const attachments = pulumi
      .output(new Promise<boolean>((resolve) => setImmediate(resolve, true)))
      .apply(() => {
        this.isSettled = true;
        return pulumi.all(this.pods);
      }) as pulumi.Output<ClaimedAttachment[]>;
    const objectName = pulumi
      .all([twin.namespace, twin.name])
      .apply(([namespace, of]) => claimedPolicyName(namespace, of));
    const policy = new ValidatingAdmissionPolicy(
      `${name}-claimed-policy`,
      {
        metadata: { name: objectName },
        spec: pulumi
          .all([twin.namespace, twin.name, twin.network, attachments])
          .apply(([namespace, of, network, list]) =>
            claimedPolicySpec({
              namespace,
              name: of,
              network,
              multusNamespace,
              attachments: list as ClaimedAttachment[],
            }),
          ) as object,
      },
      { parent },
    );
    const binding = new ValidatingAdmissionPolicyBinding(
      `${name}-claimed-policy`,
      {
        metadata: { name: objectName },
        spec: pulumi
          .all([twin.namespace, twin.name])
          .apply(([namespace, of]) => claimedPolicyBindingSpec(namespace, of)) as never,
      },
      { parent, dependsOn: [policy] },
    );
    this.ready = pulumi.all([policy.id, binding.id]).apply(async () => {
      if (!pulumi.runtime.isDryRun()) {
        await new Promise((resolve) => setTimeout(resolve, REFRESH_MS));
      }
      return binding;
    }) as unknown as pulumi.Output<pulumi.Resource>;
  }

  /**
   * Lets pods through.
   *
   * @throws NetloomError NL_CLAIMED_REFERENCE, when the policy is on its way already
   */
  add(pods: ClaimedPods): void {
    if (this.isSettled) throw new NetloomError(tooLate());
    this.pods.push(pods);
  }
}

function tooLate(): Problem {
  return {
    code: 'NL_CLAIMED_REFERENCE',
    key: 'attachments',
    found:
      'pods with a claim are constructed after something was waited for (await, apply), when the policy of the network is made already',
    allowed: 'pods with claims that are constructed in one go with their network',
    fix: 'construct them before the first await, or set claimedPolicy: false on the network',
  };
}

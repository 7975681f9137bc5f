import { ApiObject, Lazy } from 'cdk8s';
import type { Construct } from 'constructs';
import {
  type ClaimedPolicyDefinition,
  claimedPolicyBindingSpec,
  claimedPolicyName,
  claimedPolicySpec,
  POLICY_API_VERSION,
  platformFacts,
} from '../kubernetes';
import { clusterOf } from './cluster-facts';
import { clusterScoped } from './metadata';
import { type Model, modelOf, type NamedClaimedAttachment } from './model';

/** A twin that only claims may attach to. */
export interface GuardedTwin {
  readonly namespace: string;
  readonly name: string;
  /** Name of the network that it is the twin of. */
  readonly network: string;
}

/**
 * Makes the policy that lets only attachments from claims through to a twin, and its binding.
 *
 * @param suffix of the two ids
 */
export function addClaimedPolicy(network: Construct, twin: GuardedTwin, suffix: string): void {
  const name = claimedPolicyName(twin.namespace, twin.name);
  const made = (id: string, kind: string, spec: object): void => {
    const props = { apiVersion: POLICY_API_VERSION, kind, metadata: { name }, spec };
    clusterScoped(new ApiObject(network, `${id}${suffix}`, props));
  };
  // Lazy: who attaches by a claim is known when all is there.
  const produce = (): object => claimedPolicySpec(definitionOf(network, twin));
  made('ClaimedPolicy', 'ValidatingAdmissionPolicy', Lazy.any({ produce }));
  const binding = claimedPolicyBindingSpec(twin.namespace, twin.name);
  made('ClaimedPolicyBinding', 'ValidatingAdmissionPolicyBinding', binding);
}

function definitionOf(network: Construct, twin: GuardedTwin): ClaimedPolicyDefinition {
  const platform = clusterOf(network).facts.platform ?? platformFacts('kubernetes');
  const attachments = attachmentsByTwin(modelOf(network)).get(twin.name) ?? [];
  return { ...twin, multusNamespace: platform.multusNamespace, attachments };
}

interface Gathered {
  readonly version: number;
  readonly byTwin: ReadonlyMap<string, readonly NamedClaimedAttachment[]>;
}

const gathered = new WeakMap<Model, Gathered>();

/** By name, whatever the namespace: a pod may name twins of one name in several namespaces. */
function attachmentsByTwin(model: Model): Gathered['byTwin'] {
  const before = gathered.get(model);
  if (before?.version === model.version) return before.byTwin;
  const byTwin = new Map<string, NamedClaimedAttachment[]>();
  for (const workload of model.workloads) {
    for (const attachment of workload._claimedAttachments()) {
      const others = byTwin.get(attachment.twin) ?? [];
      others.push(attachment);
      byTwin.set(attachment.twin, others);
    }
  }
  gathered.set(model, { version: model.version, byTwin });
  return byTwin;
}

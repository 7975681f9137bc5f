import type { PlatformFacts } from '../kubernetes';
import { type InstallObject, type InstallParts, NO_PARTS } from './install-object';
import { AGENT_CONFIG_FILE, nodeAgentConfig } from './node-agent-config';
import { nodeAgentDaemonSet } from './node-agent-daemon-set';
import { nodeAgentMonitoring } from './node-agent-monitoring';
import {
  NODE_AGENT_LABELS,
  NODE_AGENT_NAME,
  type NodeAgentPlace,
  nodeAgentPlace,
} from './node-agent-place';
import { nodeAgentRbac } from './node-agent-rbac';
import { nodeAgentScc } from './node-agent-scc';
import type { NodeAgentSettings } from './node-agent-settings';
import { namespaceOf } from './pod-security';
import { storeCrds } from './store-crds';

/**
 * The node agent on a platform: objects of our own everywhere. Its Secrets are the user's: keys and
 * tokens are nothing for manifests.
 */
export function nodeAgentParts(facts: PlatformFacts, settings: NodeAgentSettings): InstallParts {
  const place = nodeAgentPlace(facts, settings);
  const config = nodeAgentConfig(place, settings);
  const { type, createKinds = true } = settings.store ?? {};
  return {
    ...NO_PARTS,
    objects: [
      ...(type === 'kubernetes' && createKinds ? storeCrds() : []),
      ...namespaceOf(place.namespace, settings),
      ...nodeAgentRbac(place, settings),
      ...nodeAgentScc(place, settings),
      configMap(place, config),
      nodeAgentDaemonSet(place, settings, config),
      ...nodeAgentMonitoring(place, settings),
    ],
  };
}

function configMap({ namespace }: NodeAgentPlace, config: string): InstallObject {
  return {
    id: 'ConfigMap',
    manifest: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: NODE_AGENT_NAME, namespace, labels: NODE_AGENT_LABELS },
      data: { [AGENT_CONFIG_FILE]: config },
    },
  };
}

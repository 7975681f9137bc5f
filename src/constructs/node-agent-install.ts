import type { Construct } from 'constructs';
import type { Problem } from '../errors';
import { type NodeAgentSettings, nodeAgentParts } from '../installs';
import { checkNodeAgentInstall } from '../rules';
import { Install, type InstallProps } from './install';
import { checkInstalledOnce } from './install-platform';

export interface NodeAgentInstallProps extends NodeAgentSettings, InstallProps {}

/**
 * The node agent on every node, with the watchdog that brings the network back when the agent can't:
 * UID 0 without any capability but NET_ADMIN, a read-only root, and of the host's files the folder of
 * the store alone.
 *
 * ```ts
 * new NodeAgentInstall(infra, 'agent', {
 *   image: 'registry.example.com/netloom-agent:0.1.0',
 *   callers: [{ namespace: 'ci', serviceAccount: 'pulumi', verbs: ['read', 'offer', 'claim', 'bridge'] }],
 * });
 * ```
 *
 * @throws NL_KEY_MISSING, at synthesis, where nobody could call the agents
 */
export class NodeAgentInstall extends Install<NodeAgentSettings> {
  constructor(scope: Construct, id: string, props: NodeAgentInstallProps) {
    super(scope, id, props, ({ _facts }, settings) => nodeAgentParts(_facts, settings));
    this._installs();
  }

  /** @internal */
  protected override _checkSettings(): Problem[] {
    return [
      ...checkInstalledOnce(this, this._platform, true),
      ...checkNodeAgentInstall(this._settings),
    ];
  }
}

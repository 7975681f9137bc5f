import type * as pulumi from '@pulumi/pulumi';
import { type NodeAgentSettings, nodeAgentParts } from '../installs';
import { checkNodeAgentInstall } from '../rules';
import { Install, type InstallArgs } from './install';

export interface NodeAgentInstallArgs extends InstallArgs, NodeAgentSettings {}

/**
 * The node agent on every node, with its watchdog: UID 0 without any capability but NET_ADMIN, a
 * read-only root, and of the host's files the folder of the store alone.
 */
export class NodeAgentInstall extends Install {
  constructor(name: string, args: NodeAgentInstallArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform: _platform, platformChoices: _choices, silence: _silence, ...settings } = args;
    super(
      'NodeAgentInstall',
      name,
      args,
      (facts) => ({
        parts: nodeAgentParts(facts, settings),
        problems: checkNodeAgentInstall(settings),
      }),
      opts,
    );
  }
}

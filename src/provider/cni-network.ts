import * as pulumi from '@pulumi/pulumi';
import { keyOfSteps, type LinkConfig, type PluginConfig, stepsOf } from '../cni';
import type { Problem } from '../errors';
import { configSteps, type NetworkDefinition, parseNetwork } from '../kubernetes';
import { Network } from './network';
import type { NetworkArgs } from './network-args';

/** What a configuration says itself. */
type InConfig = 'ipam' | 'chain' | 'configName' | 'disableCheck' | 'disableGC' | 'cniVersions';

export interface CniNetworkArgs extends Omit<NetworkArgs, InConfig> {
  /**
   * The CNI configuration as upstream writes it: of one plugin (`type`), or with a list of them
   * (`plugins`). `name` and `cniVersion` are added where it has none.
   *
   * @default - `plugins`
   */
  config?: pulumi.Input<Record<string, unknown>>;
  /** The plugins alone, as upstream writes them. @default - `config` */
  plugins?: pulumi.Input<pulumi.Input<PluginConfig>[]>;
}

/**
 * Any CNI configuration. What netloom knows of it is checked as in every network, problems having the
 * keys of the configuration; plugins that it does not know pass with a warning.
 */
export class CniNetwork extends Network {
  constructor(name: string, args: CniNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    const { config, plugins, ...others } = args;
    const parsed = pulumi
      .output({ config, plugins, objectName: args.name, cniVersion: args.cniVersion })
      .apply((known) =>
        parseNetwork(known.config ?? { plugins: known.plugins }, {
          name: known.objectName ?? name,
        }),
      ) as pulumi.Output<NetworkDefinition | undefined>;
    super(
      'CniNetwork',
      name,
      others,
      {
        link: parsed.apply((one) => one?.link ?? NO_PLUGIN) as pulumi.Output<LinkConfig>,
        definition: pulumi
          .all([parsed, args.cniVersion])
          .apply(([one, cniVersion]) => partsOf(one as NetworkDefinition | undefined, cniVersion)),
        problems: parsed.apply((one) => shapeProblems(one !== undefined, config, plugins)),
        inOwnWords: (network, problem) => inOwnWords(network, problem, config !== undefined),
      },
      opts,
    );
  }
}

const NO_PLUGIN: LinkConfig = { kind: 'raw', config: { type: '' } };

/** Args, and what is no part of the configuration. */
const OUTSIDE: readonly unknown[] = ['name', 'namespace', 'resourceName', 'targetVersions'];

function partsOf(
  parsed: NetworkDefinition | undefined,
  cniVersion = '0.4.0',
): Partial<NetworkDefinition> {
  if (!parsed) return {};
  const { ipam, chain, configName, list, verbatim } = parsed;
  return { ipam, chain, configName, list, verbatim, cniVersion: parsed.cniVersion ?? cniVersion };
}

/** A problem of a definition where it stands in the configuration. */
function inOwnWords(network: NetworkDefinition, problem: Problem, isConfig: boolean): Problem {
  const steps = stepsOf(problem.key);
  if (OUTSIDE.includes(steps[0])) return problem;
  const inside = configSteps(network, steps);
  const key = keyOfSteps(isConfig ? ['config', ...inside] : inside);
  return { ...problem, key: key === '' ? 'plugins' : key };
}

function shapeProblems(isPlugin: boolean, config: unknown, plugins: unknown): Problem[] {
  const allowed = 'either config, a whole CNI configuration, or plugins, a list of them';
  const fix = "config: { type: 'bridge', bridge: 'br0' }";
  if (config !== undefined && plugins !== undefined) {
    const found = 'config and plugins are both set';
    return [{ code: 'NL_VALUES_CONFLICT', key: 'plugins', found, allowed, fix }];
  }
  if (isPlugin) return [];
  const key = plugins === undefined ? 'config' : 'plugins';
  const found = 'there is no plugin with a type';
  return [{ code: 'NL_KEY_MISSING', key, found, allowed, fix }];
}

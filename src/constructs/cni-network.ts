import type { Construct } from 'constructs';
import {
  DEFAULT_CNI_VERSION,
  keyOfSteps,
  type LinkConfig,
  type PluginConfig,
  stepsOf,
} from '../cni';
import type { Problem } from '../errors';
import { configSteps, type NetworkDefinition, parseNetwork } from '../kubernetes';
import { checkOptionNames } from '../rules';
import { Network } from './network';
import { CNI_NETWORK_OPTIONS } from './network-options';
import type { NetworkProps } from './network-props';

/** What a configuration says itself. */
type InConfig = 'ipam' | 'chain' | 'configName' | 'disableCheck' | 'disableGC' | 'cniVersions';

export interface CniNetworkProps extends Omit<NetworkProps, InConfig> {
  /**
   * The CNI configuration as upstream writes it: of one plugin (`type`), or with a list of them
   * (`plugins`). `name` and `cniVersion` are added where it has none.
   *
   * @default - `plugins`
   * @throws NL_KEY_MISSING, at synthesis, for one without a plugin
   */
  readonly config?: Readonly<Record<string, unknown>>;
  /** The plugins alone, as upstream writes them. @default - `config` */
  readonly plugins?: PluginConfig[];
}

/**
 * Any CNI configuration. What netloom knows of it is checked as in every network, problems having the
 * keys of the configuration; plugins that it does not know pass with a warning.
 */
export class CniNetwork extends Network {
  private readonly isPlugin: boolean;

  constructor(
    scope: Construct,
    id: string,
    private readonly cniProps: CniNetworkProps,
  ) {
    const { config, plugins } = cniProps;
    const parsed = parseNetwork(config ?? { plugins }, { name: cniProps.name ?? id });
    super(scope, id, cniProps, parsed?.link ?? NO_PLUGIN, {
      definition: partsOf(parsed, cniProps),
    });
    this.isPlugin = parsed !== undefined;
  }

  /** @internal */
  override _check(): Problem[] {
    const { config, plugins } = this.cniProps;
    if (config !== undefined && plugins !== undefined) {
      return [shapeProblem('NL_VALUES_CONFLICT', 'plugins', 'config and plugins are both set')];
    }
    if (this.isPlugin) {
      const names = checkOptionNames(this.cniProps, CNI_NETWORK_OPTIONS, 'CniNetwork');
      return [...names, ...super._check().map((problem) => this.inOwnWords(problem))];
    }
    const key = plugins === undefined ? 'config' : 'plugins';
    return [shapeProblem('NL_KEY_MISSING', key, 'there is no plugin with a type')];
  }

  /** A problem of a definition where it stands in the configuration. */
  private inOwnWords(problem: Problem): Problem {
    const steps = stepsOf(problem.key);
    if (OUTSIDE.includes(steps[0])) return problem;
    const inside = configSteps(this._definition, steps);
    const key = keyOfSteps(this.cniProps.config === undefined ? inside : ['config', ...inside]);
    return { ...problem, key: key === '' ? 'plugins' : key };
  }
}

const NO_PLUGIN: LinkConfig = { kind: 'raw', config: { type: '' } };

/** Props, and what is no part of the configuration. */
const OUTSIDE: readonly unknown[] = [
  'name',
  'namespace',
  'resourceName',
  'targetVersions',
  'claimedPolicy',
  'patchCni',
];

function partsOf(
  parsed: NetworkDefinition | undefined,
  { cniVersion = DEFAULT_CNI_VERSION }: CniNetworkProps,
): Partial<NetworkDefinition> {
  if (!parsed) return {};
  const { ipam, chain, configName, list, verbatim } = parsed;
  return { ipam, chain, configName, list, verbatim, cniVersion: parsed.cniVersion ?? cniVersion };
}

function shapeProblem(
  code: 'NL_KEY_MISSING' | 'NL_VALUES_CONFLICT',
  key: string,
  found: string,
): Problem {
  return {
    code,
    key,
    found,
    allowed: 'either config, a whole CNI configuration, or plugins, a list of them',
    fix: "config: { type: 'bridge', bridge: 'br0' }",
  };
}

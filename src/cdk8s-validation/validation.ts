import { type Problem, severityOf } from '../errors';
import { PLATFORM_NAMES, type PlatformName, platformFacts } from '../kubernetes';
import { type CheckOptions, checkObjects, type ObjectFinding } from '../rules';

/** What cdk8s-cli hands a validation plugin, as far as it is used here. */
export interface ValidationContext {
  readonly manifests: readonly string[];
  readonly report: {
    addViolation(violation: Violation): void;
    submit(status: 'success' | 'failure', metadata?: Record<string, string>): void;
  };
  parseManifest(manifestPath: string): unknown[];
}

/** A line of cdk8s-cli's report. */
export interface Violation {
  readonly ruleName: string;
  readonly recommendation: string;
  readonly fix: string;
  readonly violatingResources: readonly {
    readonly resourceName: string;
    readonly locations: readonly string[];
    readonly manifestPath: string;
  }[];
}

/** The `properties` of the plugin in cdk8s.yaml. */
export interface NetloomValidationProperties
  extends Omit<CheckOptions, 'platform' | 'isComplete' | 'isolation'> {
  /** Makes warnings errors. @default false */
  readonly strict?: boolean;
  /** What the manifests are meant for. @default - any */
  readonly platform?: PlatformName;
}

/**
 * netloom's rules as a plugin of `cdk8s synth --validate`: all manifests of the app are looked at
 * together, whoever made them.
 *
 * @see https://cdk8s.io/docs/latest/cli/synth/
 */
export class NetloomValidation {
  private readonly options: CheckOptions;
  private readonly strict: boolean;

  constructor(properties: NetloomValidationProperties = {}) {
    const { strict = false, platform, ...facts } = properties;
    if (platform !== undefined && !(PLATFORM_NAMES as string[]).includes(platform)) {
      throw new Error(
        `validations[].properties.platform: ${JSON.stringify(platform)} is not known. Allowed: one of ${PLATFORM_NAMES.join(', ')}. Fix: use one of these.`,
      );
    }
    this.strict = strict;
    this.options = { ...facts, platform: platform && platformFacts(platform) };
  }

  async validate(context: ValidationContext): Promise<void> {
    const resources = context.manifests.flatMap((manifest) =>
      context.parseManifest(manifest).map((object) => ({ manifest, object })),
    );
    const found = checkObjects(
      resources.map(({ object }) => object),
      this.options,
    );
    const counts = { errors: 0, warnings: 0 };
    for (const finding of found) {
      const { manifest, object } = resources[finding.index] as (typeof resources)[number];
      const isError = this.strict || severityOf(finding.problem.code) === 'error';
      counts[isError ? 'errors' : 'warnings']++;
      context.report.addViolation(violation(finding, manifest, object, isError));
    }
    context.report.submit(counts.errors === 0 ? 'success' : 'failure', {
      Errors: String(counts.errors),
      Warnings: String(counts.warnings),
    });
  }
}

function violation(
  { problem }: ObjectFinding,
  manifestPath: string,
  object: unknown,
  isError: boolean,
): Violation {
  return {
    ruleName: `${problem.code} (${isError ? 'error' : 'warning'})`,
    recommendation: `${sentence(problem.found)} Allowed: ${sentence(problem.allowed)}`,
    fix: problem.fix,
    violatingResources: [
      { resourceName: nameOf(object), locations: [locationOf(problem)], manifestPath },
    ],
  };
}

const sentence = (text: string): string => (/[.?!]$/.test(text) ? text : `${text}.`);

function locationOf({ key }: Problem): string {
  return key === '' ? '(the whole object)' : key;
}

/** cdk8s finds the construct by it. */
function nameOf(object: unknown): string {
  const { metadata } = (object ?? {}) as { metadata?: { name?: unknown } };
  return typeof metadata?.name === 'string' ? metadata.name : '(without name)';
}

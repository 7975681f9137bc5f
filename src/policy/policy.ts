import { describeProblem, severityOf } from '../errors';
import { PLATFORM_NAMES, type PlatformName, platformFacts } from '../kubernetes';
import { type CheckOptions, checkObjects } from '../rules';

/** As much of a policy of `@pulumi/policy` as this is: a pack takes it as it stands. */
export interface NetloomPolicy {
  readonly name: string;
  readonly description: string;
  readonly enforcementLevel: 'advisory' | 'mandatory' | 'disabled';
  readonly validateStack: (args: PolicyStack, report: ReportViolation) => void;
}

/** What `@pulumi/policy` hands a policy, as far as it is used here. */
export interface PolicyStack {
  readonly resources: readonly PolicyResource[];
}

interface PolicyResource {
  readonly type: string;
  readonly props: Readonly<Record<string, unknown>>;
  readonly urn: string;
}

type ReportViolation = (message: string, urn?: string) => void;

/** What the policies go by. */
export interface NetloomPolicyOptions
  extends Omit<CheckOptions, 'platform' | 'isComplete' | 'isolation'> {
  /** Makes warnings errors. @default false */
  readonly strict?: boolean;
  /** What the stack is deployed to. @default - any */
  readonly platform?: PlatformName;
}

/**
 * netloom's rules as policies of a Pulumi policy pack: all Kubernetes objects of a stack are looked at
 * together, whoever made them. Errors are mandatory, warnings advisory. What netloom's own components
 * make has been judged before, by the same rules.
 *
 * ```ts
 * new PolicyPack('networks', { policies: netloomPolicies({ platform: 'rke2' }) });
 * ```
 *
 * @throws Error for a platform that there is not
 * @see https://www.pulumi.com/docs/iac/packages-and-automation/crossguard/
 */
export function netloomPolicies(options: NetloomPolicyOptions = {}): NetloomPolicy[] {
  const { strict = false, platform, ...facts } = options;
  if (platform !== undefined && !(PLATFORM_NAMES as string[]).includes(platform)) {
    throw new Error(
      `platform: ${JSON.stringify(platform)} is not known. Allowed: one of ${PLATFORM_NAMES.join(', ')}. Fix: use one of these.`,
    );
  }
  const checked: CheckOptions = { ...facts, platform: platform && platformFacts(platform) };
  const policy = (severity: 'error' | 'warning'): NetloomPolicy => ({
    name: `netloom-${severity}s`,
    description:
      severity === 'error'
        ? 'Secondary networks, and pods on them, that do not work.'
        : 'Secondary networks, and pods on them, that work, but not as they look.',
    enforcementLevel: severity === 'error' || strict ? 'mandatory' : 'advisory',
    validateStack: ({ resources }, report) => {
      const objects = resources.filter(isKubernetes);
      const found = checkObjects(
        objects.map(({ props }) => manifestOf(props)),
        checked,
      );
      for (const { index, problem } of found) {
        if (severityOf(problem.code) !== severity) continue;
        report(describeProblem(problem), objects[index]?.urn);
      }
    },
  });
  return [policy('error'), policy('warning')];
}

/** Charts and files are components: what they make is listed by itself. */
function isKubernetes({ type, props }: PolicyResource): boolean {
  return type.startsWith('kubernetes:') && typeof props['kind'] === 'string';
}

/** The object, without what the Kubernetes provider keeps beside it. */
function manifestOf(props: PolicyResource['props']): object {
  const { __inputs, __initialApiVersion, __fieldManager, status, ...manifest } = props;
  return manifest;
}

import * as pulumi from '@pulumi/pulumi';

/** Settings of which every member, at any depth, may be known later. */
export type InputsOf<T> = { -readonly [K in keyof T]: pulumi.Input<InputValue<T[K]>> };

type InputValue<V> = V extends string | number | boolean | undefined
  ? V
  : V extends readonly (infer E)[]
    ? pulumi.Input<InputValue<E>>[]
    : V extends object
      ? InputsOf<V>
      : V;

/** True for what is known later. */
export function isLate(input: unknown): boolean {
  return pulumi.Output.isInstance(input) || input instanceof Promise;
}

/**
 * An object changed as soon as it is known; at once where it is plain, so that a preview shows all of
 * it but the members that are unknown.
 */
export function mapped(
  input: unknown,
  change: (members: Record<string, unknown>) => Record<string, unknown>,
): pulumi.Input<Record<string, unknown>> {
  if (!isLate(input)) return change((input ?? {}) as Record<string, unknown>);
  return pulumi
    .output(input as Record<string, unknown>)
    .apply((known) => change(known ?? {})) as pulumi.Output<Record<string, unknown>>;
}

/** What a component is told to wait for: Pulumi does not hand it on to the component's children. */
export function dependenciesOf(
  opts: pulumi.ComponentResourceOptions | undefined,
): pulumi.Input<pulumi.Resource>[] {
  const { dependsOn } = opts ?? {};
  if (dependsOn === undefined) return [];
  return (Array.isArray(dependsOn) ? dependsOn : [dependsOn]) as pulumi.Input<pulumi.Resource>[];
}

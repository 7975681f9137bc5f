/**
 * What Pulumi's dynamic provider process calls, written down here so that nothing of @pulumi has to
 * be loaded. Inputs and outputs are plain JSON; `__provider` is among them and is left alone.
 */
export interface DynamicProvider<Inputs, Outputs> {
  configure(request: { readonly config: DynamicConfig }): Promise<void>;
  /** `olds` are the inputs of the last deployment, empty for a new resource. */
  check(olds: Partial<Inputs>, news: Inputs): Promise<CheckAnswer<Inputs>>;
  diff(id: string, olds: Outputs, news: Inputs): Promise<DiffAnswer>;
  create(inputs: Inputs): Promise<{ readonly id: string; readonly outs: Outputs }>;
  read(
    id: string,
    props: Outputs,
  ): Promise<{ readonly id: string; readonly props: Partial<Outputs> }>;
  update(id: string, olds: Outputs, news: Inputs): Promise<{ readonly outs: Outputs }>;
  delete(id: string, props: Outputs): Promise<void>;
}

/** The stack's configuration; keys carry their namespace, `netloom:agents`. */
export interface DynamicConfig {
  get(key: string): string | undefined;
}

export interface CheckAnswer<Inputs> {
  readonly inputs: Inputs;
  readonly failures: CheckFailure[];
}

/** The property stays empty and the key stands in the reason: Pulumi prints others badly. */
export interface CheckFailure {
  readonly property: '';
  readonly reason: string;
}

export interface DiffAnswer {
  readonly changes: boolean;
  readonly replaces?: string[];
  readonly deleteBeforeReplace?: boolean;
}

/** What stands for an input that a preview can't know yet. */
export const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

/** True when any part of a value is unknown yet. */
export function isUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(isUnknown);
}

/** What `--format` takes. */
export const FORMATS = ['human', 'json', 'sarif', 'github'] as const;

/** One of {@link FORMATS}. */
export type Format = (typeof FORMATS)[number];

/** What `--output` of a plan takes. */
export const PLAN_FORMATS = ['table', 'json', 'yaml'] as const;

/** One of {@link PLAN_FORMATS}. */
export type PlanFormat = (typeof PLAN_FORMATS)[number];

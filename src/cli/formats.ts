/** What `--format` takes. */
export const FORMATS = ['human', 'json', 'sarif', 'github'] as const;

/** One of {@link FORMATS}. */
export type Format = (typeof FORMATS)[number];

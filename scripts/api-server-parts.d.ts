/** A program of the API server, built by set-up: absolute path. */
export declare function apiServerProgram(name: 'etcd' | 'kube-apiserver'): string;

/** Why tests can't have an API server here; undefined when they can. */
export declare function apiServerSkipReason(): string | undefined;

/** Kubernetes releases that manifests are held against, e.g. `v1.28.15`, the oldest first. */
export declare const SCHEMA_RELEASES: readonly string[];

/** The schemas of a release by name, as one JSON file. */
export declare function schemaFile(release: string): string;

/** Why tests can't have the schemas of a release; undefined when they can. */
export declare function schemaSkipReason(release: string): string | undefined;

/** A Kubernetes object that belongs to an install, as it is written. */
export interface InstallObject {
  /** What it is called below its construct: contract, and unique there. */
  readonly id: string;
  /** Keys in the order in which they are written. */
  readonly manifest: InstallManifest;
  /** Of a Helm chart: several installs may set some of its values, and there is one object for all. */
  readonly chart?: ChartValues | undefined;
}

/** What an install sets of a Helm chart; `spec.valuesContent` of its manifest has the same as text. */
export interface ChartValues {
  readonly values: Readonly<Record<string, unknown>>;
  /** Where the same object may stand as a file, to be there from the first start. @default - nowhere */
  readonly file?: Pick<HostFile, 'path' | 'where'> | undefined;
}

/** What every object has. */
export interface InstallManifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    /** Undefined for objects of the whole cluster. */
    readonly namespace?: string | undefined;
    readonly labels?: Readonly<Record<string, string>> | undefined;
    readonly annotations?: Readonly<Record<string, string>> | undefined;
  };
  readonly [member: string]: unknown;
}

/** A file that belongs on a host, or a step that a person does there: nothing in the cluster can do it. */
export interface HostFile {
  /** Absolute path on the host, e.g. `/etc/rancher/rke2/config.yaml.d/50-netloom.yaml`. */
  readonly path: string;
  readonly content: string;
  /** Which hosts, in words, e.g. `every server node, before RKE2 starts`. */
  readonly where: string;
}

/** Commands for a person, or for a tool that sets up hosts. Nothing here runs them. */
export interface HostStep {
  /** What it is for. */
  readonly title: string;
  /** Each a command with its arguments. */
  readonly commands: readonly (readonly string[])[];
  /** The commands that take it back, in their order. */
  readonly undo: readonly (readonly string[])[];
  readonly where: string;
}

/** All that puts something onto a platform: objects of the cluster, and what is done on hosts. */
export interface InstallParts {
  /** In the order in which they are applied. */
  readonly objects: readonly InstallObject[];
  readonly hostFiles: readonly HostFile[];
  readonly hostSteps: readonly HostStep[];
}

/** Where a platform brings everything by itself. */
export const NO_PARTS: InstallParts = { objects: [], hostFiles: [], hostSteps: [] };

/** What the virtual machine is to do. */
export interface VmJob {
  /** File of the Node script, as this machine names it. */
  readonly script: string;
  /** Its arguments. */
  readonly args?: string[];
  /** Folder that the guest sees as /out, and may write to. */
  readonly out: string;
  /** Kernel modules to load first; what is not there is left out. */
  readonly modules?: string[];
  /** Programs, by name or file, that it starts again and again. */
  readonly programs?: string[];
  /** More environment for the script. */
  readonly env?: Record<string, string>;
  /**
   * Memory in MB.
   *
   * @default 1024
   */
  readonly memoryMb?: number;
  /**
   * Milliseconds after which it is killed.
   *
   * @default 120,000
   */
  readonly limitMs?: number;
}

/** Why tests can't have a virtual machine here; undefined when they can. */
export declare function vmSkipReason(): string | undefined;

/**
 * Boots, runs the script, switches off. Gives the script's exit status and what it printed.
 *
 * @throws Error when the guest did not come to its end, with the end of its console
 */
export declare function runInVm(job: VmJob): Promise<{ status: number; output: string }>;

/** Where set-up unpacks Debian packages when it may not install them. */
export declare function cacheFolder(): string;

/** Folder with the CNI plugins (`bridge` and `host-local` at least), or undefined. */
export declare function cniPath(): string | undefined;

/** Absolute path of a program: on PATH, in the system's folders, else unpacked by set-up. */
export declare function findTool(name: string): string | undefined;

/** The user's home, or the folder for temporary files when there is none. */
export declare function homeFolder(): string;

/** True when NETLOOM_IGNORE_SYSTEM_TOOLS=1 hides the system's tools (a test of set-up). */
export declare function ignoresSystem(): boolean;

/** The workspace's own Node when it is installed, else the running one. */
export declare function nodePath(): string;

/** Program and first arguments that start npm. */
export declare function npmCommand(): [string, ...string[]];

/** Runs a script with {@link nodePath}, on this terminal; gives its exit code. */
export declare function runNode(args: readonly string[]): number;

/** Additions to a child's environment, so that it finds the same tools by name. */
export declare function toolEnv(): Record<string, string>;

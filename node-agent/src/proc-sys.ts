/**
 * Where the kernel's settings are: in a pod `/proc/sys` is read-only, and what of it may be written is
 * mounted elsewhere.
 */
export const PROC_SYS = process.env.NETLOOM_PROC_SYS ?? '/proc/sys';

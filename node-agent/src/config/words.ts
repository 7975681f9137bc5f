import { z } from 'zod';

/** What a pod learns of its node: one configuration then serves all nodes. */
export const NODE_NAME = 'NETLOOM_NODE_NAME';
export const HOST_ADDRESS = 'NETLOOM_HOST_ADDRESS';

/** Names of things; `*` stands for any characters. */
export const globs = z.array(z.string().min(1).max(1024)).default(['*']);

/** A folder as it is on the host. */
export const hostPath = z.string().regex(/^\//, 'an absolute path');

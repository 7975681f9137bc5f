export * from './client';
export * from './connections';
export * from './node-facts';
export * from './node-network';
export * from './normal-node-network';
export * from './schemas';

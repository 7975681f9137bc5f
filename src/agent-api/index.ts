export * from './client';
export * from './connections';
export * from './node-facts';
export * from './schemas';

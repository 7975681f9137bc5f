export * from './batches';
export * from './client';
export * from './connections';
export * from './documents';
export * from './node-facts';
export * from './node-network';
export * from './normal-node-network';
export * from './schemas';
export { REQUEST_TIMEOUT_MS } from './transport';

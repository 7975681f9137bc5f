export * from './client';
export * from './connections';
export * from './schemas';

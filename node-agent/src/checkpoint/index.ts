export * from './checkpoints';
export * from './host-image';
export * from './journal';
export * from './place';
export * from './probes';
export * from './undo';

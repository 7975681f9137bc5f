export * from './host-image';
export * from './journal';
export * from './place';
export * from './undo';

export * from './attachment';
export * from './host-bridge';
export * from './network';
export * from './network-status';
export * from './platform';

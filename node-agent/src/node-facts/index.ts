export * from './host-files';
export * from './network-managers';
export * from './observe-node';

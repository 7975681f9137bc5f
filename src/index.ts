export * from './cni';
export * from './errors';
export * from './installs';
export * from './ipam';
export * from './kubernetes';
export * from './rules';

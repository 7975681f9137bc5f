export * from './observe-node';

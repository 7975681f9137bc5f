export * from './connect';
export * from './ping';
export * from './reach-policy';
export * from './reach-service';

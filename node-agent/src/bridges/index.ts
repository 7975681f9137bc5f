export * from './bridge-service';
export * from './links';
export * from './marks';
export * from './plan';

export * from './bridge-service';
export * from './drift-watch';
export * from './healer';
export * from './links';
export * from './marks';
export * from './plan';
export * from './repairs';

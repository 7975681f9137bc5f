export * from './audit-service';
export * from './cluster';
export * from './host-local';
export * from './observer';
export * from './places';
export * from './problems';
export * from './repairs';
export * from './sandboxes';

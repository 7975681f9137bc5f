export * from './install-object';

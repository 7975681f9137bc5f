export * from './api-server';
export * from './reviews';
export * from './service-accounts';

export * from './reviews';
export * from './service-accounts';

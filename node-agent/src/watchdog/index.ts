export * from './watchdog';
export * from './watchdog-link';

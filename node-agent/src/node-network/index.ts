export * from './host-step';

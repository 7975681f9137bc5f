export * from './access';
export { OutrunError, storeBusy } from './api-problems';
export * from './kubernetes-store';

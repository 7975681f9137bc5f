export * from './attachments';
export * from './claims';
export * from './diagnosis';
export * from './host-bridge';
export * from './host-local';
export * from './names';
export * from './network';

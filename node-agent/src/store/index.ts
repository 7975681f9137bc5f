export * from './folder';
export * from './memory';
export * from './sqlite';
export * from './store';
export * from './witness';

export * from './backup';
export * from './folder';
export * from './memory';
export * from './restore';
export * from './sqlite';
export * from './store';
export * from './witness';

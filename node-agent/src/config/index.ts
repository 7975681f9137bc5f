export { VERBS, type Verb } from './credentials';
export { POD_ACCESS } from './kubernetes';
export { loadConfig, parseConfig } from './load';
export { apiServerOf, type ListenAddress, listenAddresses, socketPath } from './places';
export { unreadable } from './problems';
export { type AgentConfig, configSchema } from './schema';
export { storeNamespace } from './store';

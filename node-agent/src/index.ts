export * from './agent';
export { type AgentConfig, loadConfig, parseConfig, type Verb } from './config';

export { addressClaim } from './address-claim';
export { addressPool } from './address-pool';
export { nodeBridge } from './node-bridge';

export { addressClaim } from './address-claim';
export { addressPool } from './address-pool';
export { connectivityProbe } from './connectivity-probe';
export { networkStatus } from './network-status';
export { nodeBridge } from './node-bridge';
export { nodeNetwork } from './node-network';

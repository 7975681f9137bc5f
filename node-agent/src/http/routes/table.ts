import type { Route } from '../route';
import { AGENT_ROUTES } from './agent';
import { AUDIT_ROUTES } from './audit';
import { BATCH_ROUTES } from './batches';
import { BRIDGE_ROUTES } from './bridges';
import { CHECKPOINT_ROUTES } from './checkpoints';
import { CLAIM_ROUTES } from './claims';
import { NODE_NETWORK_ROUTES } from './node-network';
import { POOL_ROUTES } from './pools';
import { REACH_ROUTES } from './reach';

/** Every route of the agent: the server, the OpenAPI document and the tests know no other list. */
export const ROUTES: readonly Route[] = [
  ...AGENT_ROUTES,
  ...POOL_ROUTES,
  ...CLAIM_ROUTES,
  ...BATCH_ROUTES,
  ...AUDIT_ROUTES,
  ...BRIDGE_ROUTES,
  ...NODE_NETWORK_ROUTES,
  ...CHECKPOINT_ROUTES,
  ...REACH_ROUTES,
];

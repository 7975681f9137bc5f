import { DHCP_TABLE } from './cases';
import { testTogether, tryAtOnce } from './support/suite';

describe('with a real server and a real daemon', () => {
  // The daemon's first packet finds the link down: every lease takes three seconds.
  testTogether({ tables: [DHCP_TABLE], run: tryAtOnce, timeoutMs: 60_000 });
});

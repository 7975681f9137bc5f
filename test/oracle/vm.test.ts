import { vmSkipReason } from '../../scripts/vm';
import { TABLES } from './cases';
import { needsVm, testTogether } from './support/suite';
import { tryInVm } from './support/vm';

describe('on a kernel with every module', () => {
  testTogether({
    tables: TABLES,
    pick: needsVm,
    reason: vmSkipReason(),
    run: tryInVm,
    // Booting, and everything ten times slower, on a machine that may have other things to do.
    timeoutMs: 180_000,
  });
});

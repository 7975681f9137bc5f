import { kernelSkipReason } from '../support/network-suite';
import { TABLES } from './cases';
import { NEWER, pluginsFor } from './support/releases';
import { needsVm, testCase } from './support/suite';

// What the machine's own plugins can do is tried with them, and here again with newer ones.

const reason =
  kernelSkipReason() ?? (NEWER ? undefined : 'NETLOOM_CNI_PLUGINS_NEW names no folder of plugins');

if (reason !== undefined) {
  test.skip(`every case with newer plugins (skipped: ${reason})`, () => {});
} else {
  describe(`plugins ${NEWER?.release}`, () => {
    for (const { plugin, cases } of TABLES) {
      describe(plugin, () => {
        for (const one of cases)
          if (!needsVm(one) && pluginsFor(one) !== NEWER) testCase(one, NEWER);
      });
    }
  });
}

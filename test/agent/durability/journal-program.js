'use strict';

/**
 * Writes the journal of a change and what became of it, through the built agent's own part, and tells on
 * standard output what it has done. Its test stops it wherever it likes, and knows then what has to last.
 *
 *   node journal-program.js ROOT FOLDER kept|undone
 */

const { writeSync } = require('node:fs');
const path = require('node:path');

const [, , root = '', folder = '', outcome = 'kept'] = process.argv;
const { JournalFolder } = require(path.join(root, 'node-agent/lib/checkpoint'));

const tell = (word) => writeSync(1, `${word}\n`);
const id = '0123456789abcdef';
const journals = new JournalFolder(folder);

journals.make();
journals.write({
  ...{ id, subject: 'bridge br-test', bootId: 'boot', network: 'net:[1]', deadline: 1 },
  ...{ touched: ['br-test'], before: { links: [], routes: [], vlans: [] }, sysctls: [] },
  state: 'open',
});
tell('written');
journals.decide(id, { outcome, why: 'it was said so' });
tell('decided');
journals.clear();
tell('cleared');

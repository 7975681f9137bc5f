import { ENVELOPE_TABLE, LINK_TABLES } from './cases';
import { testTable } from './support/suite';

describe('what every plugin does', () => testTable(ENVELOPE_TABLE));

for (const table of LINK_TABLES) testTable(table);

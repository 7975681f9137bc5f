import { CHAINED_TABLES } from './cases';
import { testTable } from './support/suite';

for (const table of CHAINED_TABLES) testTable(table);

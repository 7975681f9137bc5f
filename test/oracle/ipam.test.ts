import { IPAM_TABLES } from './cases';
import { testTable } from './support/suite';

for (const table of IPAM_TABLES) testTable(table);

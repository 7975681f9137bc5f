export * from './address';
export * from './address-book';
export * from './cidr';
export { checkPoolName, outsideClaimable } from './claim-problems';
export * from './claim-records';
export * from './pool';
export * from './range';
export * from './range-set';

export * from './address';
export * from './address-book';
export * from './cidr';
export * from './pool';
export * from './range';
export * from './range-set';

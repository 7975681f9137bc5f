export * from './bridge';
export * from './ipam';
export * from './ipam-host-local';
export * from './ipam-static';
export * from './ipvlan';
export * from './link';
export * from './macvlan';
export * from './network-config';

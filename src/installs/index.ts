export * from './dhcp-parts';
export * from './dhcp-settings';
export * from './install-object';
export * from './multus-parts';
export * from './multus-settings';
export * from './whereabouts-parts';
export * from './whereabouts-settings';

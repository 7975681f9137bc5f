export * from './firewall-cmd';
export * from './opening-record';
export * from './openings';

export * from './cdk8s-chart';

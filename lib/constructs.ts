export { CcaipIngest, type CcaipIngestProps } from './ccaip-ingest.ts';
export { CcaipStack, type CcaipStackProps } from './ccaip-stack.ts';
export { type ConfigurationInput, parseConfiguration } from './configuration/configuration.ts';
export { ConfigurationError } from './configuration/configuration-error.ts';

export { CcaipIngest, type CcaipIngestProps } from './ccaip-ingest.ts';
export { CcaipStack, type CcaipStackProps } from './ccaip-stack.ts';
export { type ConfigurationInput, parseConfiguration } from './configuration.ts';
export { ConfigurationError } from './configuration-error.ts';

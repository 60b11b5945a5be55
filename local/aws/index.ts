export { codeOf, LocalAwsError } from './errors.ts';
export { type LocalAws, lakeFolder, startLocalAws } from './local-aws.ts';
export type { LocalCredential } from './secret-store.ts';

/** AWS clients that an idle run does without. One module to import later, for every module that shares code costs a cold start a file. */
export { invokeAgain } from './invoke-again.ts';
export { openS3 } from './s3-objects.ts';

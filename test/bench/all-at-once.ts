/** Entry of a bundle that loads at once what a function otherwise loads while it waits, or with its first object. */
export { handler } from '../../lambdas/handlers/ingest.ts';
export { reportEnd } from '../../lambdas/handlers/run-report.ts';
export { openS3 } from '../../lambdas/stores/s3-objects.ts';

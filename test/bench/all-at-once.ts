/** Entry of a bundle that loads at once what a function otherwise loads while it waits, or with its first object. */

export { openS3 } from '../../lambdas/aws/s3-objects.ts';
export { handler } from '../../lambdas/handlers/ingest-handler.ts';
export { reportEnd } from '../../lambdas/handlers/run-report.ts';

/** The `handler` setting of a Lambda function. */
export const INGEST_HANDLER = 'ingest.handler';
export const REPLAY_HANDLER = 'replay.handler';
export const CURATE_HANDLER = 'curate.handler';
export const PLAN_HANDLER = 'plan-backfill.handler';
export const WATCH_HANDLER = 'watch.handler';
export const AUDIT_HANDLER = 'audit.handler';

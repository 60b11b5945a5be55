/**
 * CloudWatch metrics that runs write. The lag comes with every run, idle or not. A count comes only when there is something to count:
 * no data means none. Each metric has one dimension: CloudWatch takes as much for every value of it as for a hundred thousand write units.
 */
export const RUN_METRICS = {
  /** Seconds since the endpoint was last caught up; while its first catch-up goes on, since its last commit. */
  lag: 'LagSeconds',
  /** Seconds between the cursor and now, of a run that has not caught up: how far the history has come. */
  cursorAge: 'CursorAgeSeconds',
  records: 'Records',
  /** Requests sent to the platform, retries included. */
  requests: 'Requests',
  /** Answers 429. */
  throttled: 'Throttled',
  /** Records that could not be used in this run, and those that the platform cannot deliver at the moment. */
  quarantined: 'Quarantined',
  /** Runs that failed, for whatever reason. */
  failures: 'Failures',
  /** Runs that failed because the credential is empty, wrong or not allowed. */
  credentialRefused: 'CredentialRefused',
  /** Runs that failed because the tenant's request rate was used up. */
  budgetStarved: 'BudgetStarved',
} as const;

export type RunMetric = (typeof RUN_METRICS)[keyof typeof RUN_METRICS];

/** Metrics with the dimension `tenant`; all others have the dimension `endpoint`. */
export const TENANT_METRICS: ReadonlySet<RunMetric> = new Set([
  RUN_METRICS.records,
  RUN_METRICS.requests,
  RUN_METRICS.throttled,
  RUN_METRICS.credentialRefused,
  RUN_METRICS.budgetStarved,
]);

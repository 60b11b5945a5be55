/**
 * CloudWatch metrics that runs write. Every run writes its lag, even if it is idle. A count is written only if it is above zero, so no
 * data means zero. Each metric has one dimension, because every value of a dimension costs as much as a hundred thousand write units.
 */
export const RUN_METRICS = {
  /** Seconds since the endpoint was last caught up; during its first catch-up, since its last commit. */
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
  /** Runs that failed, for any reason. */
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

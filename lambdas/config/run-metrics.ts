/**
 * CloudWatch metrics that every run writes, each under the dimension `endpoint` and again under the dimension `tenant`.
 * The times come with every run, idle or not. A count comes only when there is something to count: no data means none.
 */
export const RUN_METRICS = {
  /** Seconds since the endpoint was last caught up; while its first catch-up goes on, since its last commit. */
  lag: 'LagSeconds',
  /** Seconds between the cursor and now: how far the history has come. */
  cursorAge: 'CursorAgeSeconds',
  records: 'Records',
  /** Requests sent to the platform, retries included. */
  requests: 'Requests',
  /** Answers 429. */
  throttled: 'Throttled',
  /** Records that could not be used. */
  quarantined: 'Quarantined',
  /** Runs that failed, for whatever reason. */
  failures: 'Failures',
  /** Runs that failed because the credential is empty, wrong or not allowed. */
  credentialRefused: 'CredentialRefused',
  /** Runs that failed because the tenant's request rate was used up. */
  budgetStarved: 'BudgetStarved',
} as const;

export type RunMetric = (typeof RUN_METRICS)[keyof typeof RUN_METRICS];

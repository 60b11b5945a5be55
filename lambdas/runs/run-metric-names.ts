/**
 * CloudWatch metrics that runs write, all of them counts. A count is written only if it is above zero, so no data means zero. Each
 * metric has one dimension, because every value of a dimension costs as much as a hundred thousand write units. The lag of each
 * tenant's endpoint is in the log line of its runs, and the watch judges it.
 */
export const RUN_METRICS = {
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
  RUN_METRICS.quarantined,
  RUN_METRICS.credentialRefused,
  RUN_METRICS.budgetStarved,
]);

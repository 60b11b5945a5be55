/** List prices in us-east-1, dollars, as of November 2026, without free tiers. */
export const PRICES_OF = '2026-11';

/** A million units of what is billed by the piece. */
export const PER_MILLION = {
  /** DynamoDB on demand, standard table class. */
  writeUnit: 0.625,
  readUnit: 0.125,
  /** S3 Standard. */
  put: 5,
  get: 0.4,
  /** Lambda requests; EventBridge Scheduler invocations; Secrets Manager calls. */
  invocation: 0.2,
  schedule: 1,
  secretCall: 5,
  /** S3, list of a folder. */
  list: 5,
  /** Step Functions, standard workflows. */
  transition: 25,
  /** SQS standard queues. */
  queueRequest: 0.4,
} as const;

/** Lambda on arm64, a gigabyte for a second. */
export const GIGABYTE_SECOND = 0.0000133334;

/** A terabyte that Athena reads. A query reads ten megabytes at least. */
export const ATHENA_TERABYTE = 5;
export const MIN_QUERY_BYTES = 10_000_000;

/** A gigabyte of log taken in; a gigabyte kept in S3 for a month. */
export const LOG_GIGABYTE = 0.5;
export const LAKE_GIGABYTE_MONTH = 0.023;

/** For a month: a custom metric, a metric that an alarm evaluates, a dashboard, a secret. Metrics are billed for the hours in which they have values. */
export const METRIC_MONTH = 0.3;
export const ALARM_MONTH = 0.1;
export const DASHBOARD_MONTH = 3;
export const SECRET_MONTH = 0.4;
export const HOURS_OF_MONTH = 730;

/**
 * CloudWatch metrics that the watch writes. Each is written only if it is above zero, so no data means that nothing is wrong. A
 * separate alarm tells if the watch itself stops.
 */
export const WATCH_METRICS = {
  /** Endpoints of a tenant that should have caught up by now. */
  behind: 'EndpointsBehind',
  /** Endpoints of a tenant whose platform has sent no new record for hours, unlike a week earlier. */
  silent: 'EndpointsSilent',
  /** Curated tables of tenants that lack batches. */
  curation: 'CuratedTablesBehind',
  /** Events that arrived in dead-letter queues and are still needed. */
  arrived: 'DeadLettersArrived',
  /** Age of the oldest message in a dead-letter queue, seconds. */
  oldest: 'OldestDeadLetterSeconds',
} as const;

export type WatchMetric = (typeof WATCH_METRICS)[keyof typeof WATCH_METRICS];

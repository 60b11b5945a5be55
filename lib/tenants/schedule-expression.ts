/** Delay of nested endpoints after the others, as a share of the cadence. */
const NESTED_DELAY = 2 / 5;

/** Flexible window of the other endpoints, as a share of the cadence. */
const WINDOW = 1 / 5;

/** Maximum flexible window, minutes. */
const MAX_WINDOW = 15;

/** Flexible window of a run in minutes, which spreads the load of many tenants. 0 starts the run on the minute. */
export function computeWindowMinutes(everyMinutes: number): number {
  return Math.min(MAX_WINDOW, Math.floor(everyMinutes * WINDOW));
}

/**
 * Computes the schedule of an endpoint. If the cadence divides the hour, runs start at fixed minutes, so that nested
 * endpoints run after their parents. Every five minutes, parents start at 0, 5, 10 (within a minute) and nested endpoints at
 * 2, 7, 12. Other cadences count from the deployment, so the first run starts at once and not a day later.
 *
 *     :00   parents start   :01          :02   nested ones start   :03          :05
 *     ├─────────────────────┤             ├────────────────────────┤             ├───
 */
export function createScheduleExpression(everyMinutes: number, isNested: boolean): string {
  if (everyMinutes >= 60 || 60 % everyMinutes !== 0)
    return `rate(${everyMinutes} ${everyMinutes === 1 ? 'minute' : 'minutes'})`;
  const minute = isNested ? Math.floor(everyMinutes * NESTED_DELAY) : 0;
  return `cron(${minute}/${everyMinutes} * * * ? *)`;
}

/** A nested endpoint runs this much of its cadence later than the others, ... */
const NESTED_DELAY = 2 / 5;

/** ... which begin within this much of theirs, ... */
const WINDOW = 1 / 5;

/** ... but within so many minutes at most. */
const MAX_WINDOW = 15;

/** Minutes within which a run may begin: spreads the load of many tenants. 0 to begin on the minute. */
export function computeWindowMinutes(everyMinutes: number): number {
  return Math.min(MAX_WINDOW, Math.floor(everyMinutes * WINDOW));
}

/**
 * When an endpoint runs. Where the hour can be divided by the cadence, runs stand at fixed minutes, so that nested endpoints
 * can run after their parents: with five minutes those at 0, 5, 10 (within a minute), these at 2, 7, 12. Other cadences
 * count from the deployment on: the first run is then at once, and not a day later.
 *
 *     :00   parents begin   :01          :02   nested ones begin   :03          :05
 *     ├─────────────────────┤             ├────────────────────────┤             ├───
 */
export function createScheduleExpression(everyMinutes: number, isNested: boolean): string {
  if (everyMinutes >= 60 || 60 % everyMinutes !== 0)
    return `rate(${everyMinutes} ${everyMinutes === 1 ? 'minute' : 'minutes'})`;
  const minute = isNested ? Math.floor(everyMinutes * NESTED_DELAY) : 0;
  return `cron(${minute}/${everyMinutes} * * * ? *)`;
}

import pMap from 'p-map';
import { ENDPOINTS } from '../../../catalog/index.ts';
import type { LocalFunctions } from '../../../local/runtime/local-functions.ts';
import type { Progress } from '../../terminal/progress.ts';
import { orderByParents } from '../run/catch-up.ts';
import type { SimulatedTenant } from '../simulated-tenant.ts';

const HOUR = 3_600_000;
const HOURS = 24;
/** Functions at the same time. More would only wait for the tenant's rate budget. */
const SIDE_BY_SIDE = 3;

interface Day {
  readonly functions: LocalFunctions;
  readonly centre: SimulatedTenant;
  readonly progress: Progress;
}

/**
 * Advances the virtual clock through the last day in steps of an hour. After each hour, the endpoints that are due run in
 * parallel with the event of their schedule, parents before their nested endpoints.
 */
export async function runDay({ functions, centre, progress }: Day) {
  const step = progress.step('live day');
  const start = centre.now;
  const done = { runs: 0, records: 0, batches: 0 };
  for (let hour = 1; hour <= HOURS; hour++) {
    centre.now = start + hour * HOUR;
    const scheduledTime = new Date(centre.now).toISOString();
    const due = ENDPOINTS.filter(({ everyMinutes }) => isDue(hour, everyMinutes));
    for (const endpoints of orderByParents(due)) {
      const results = await pMap(
        endpoints,
        ({ name }) => functions.invoke({ endpoint: name, tenant: centre.tenant, scheduledTime }),
        { concurrency: SIDE_BY_SIDE },
      );
      for (const { records, batches } of results) {
        done.runs += 1;
        done.records += records;
        done.batches += batches;
      }
    }
    step.update(hour / HOURS, `${scheduledTime.slice(11, 16)} ${done.records.toLocaleString('en')} records`);
  }
  step.done(`${done.records.toLocaleString('en')} records`);
  return done;
}

/** Whether an endpoint was due in the hour that ends now. */
const isDue = (hour: number, everyMinutes: number) => (hour * 60) % Math.max(60, everyMinutes) === 0;

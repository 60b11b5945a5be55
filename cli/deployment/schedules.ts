import { GetScheduleCommand, ResourceNotFoundException } from '@aws-sdk/client-scheduler';
import { nameSchedules } from '../../lib/configuration/resource-names.ts';
import type { Deployment } from './deployment.ts';

/** When a tenant's endpoint runs. */
export interface Schedule {
  readonly state: 'ENABLED' | 'DISABLED';
  /** Minutes between two runs; null if the schedule was changed into something else than a rate. */
  readonly everyMinutes: number | null;
  /** A nominal time of it, milliseconds since the epoch. */
  readonly since: number;
}

const MINUTES: Readonly<Record<string, number>> = { minute: 1, hour: 60, day: 1440 };

/** The schedule of a tenant's endpoint; null if there is none, as where the endpoint is switched off. */
export async function findSchedule(deployment: Deployment, tenant: string, endpoint: string): Promise<Schedule | null> {
  for (const name of nameSchedules(tenant, endpoint)) {
    const schedule = await find(deployment, name);
    if (schedule !== null) return schedule;
  }
  return null;
}

async function find({ scheduler, name: group }: Deployment, name: string): Promise<Schedule | null> {
  try {
    const answer = await scheduler.send(new GetScheduleCommand({ GroupName: group, Name: name }));
    const [, number, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(answer.ScheduleExpression ?? '') ?? [];
    return {
      state: answer.State === 'DISABLED' ? 'DISABLED' : 'ENABLED',
      everyMinutes: number === undefined ? null : Number(number) * (MINUTES[unit] ?? 1),
      since: (answer.StartDate ?? answer.CreationDate)?.getTime() ?? 0,
    };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return null;
    throw error;
  }
}

/**
 * Nominal time of the next run.
 * @param lastNominal nominal time of an earlier run, if there was one; milliseconds since the epoch
 * @returns null if it cannot be told
 */
export function computeNextRun(
  { state, everyMinutes, since }: Schedule,
  lastNominal: number | null,
  now: number,
): number | null {
  if (state === 'DISABLED' || everyMinutes === null) return null;
  const step = everyMinutes * 60_000;
  const base = lastNominal ?? since;
  return base > now ? base : base + (Math.floor((now - base) / step) + 1) * step;
}

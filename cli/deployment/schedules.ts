import { GetScheduleCommand, ResourceNotFoundException } from '@aws-sdk/client-scheduler';
import { nameSchedules } from '../../lib/configuration/resource-names.ts';
import type { Deployment } from './deployment.ts';

/** Schedule of a tenant's endpoint. */
export interface Schedule {
  readonly state: 'ENABLED' | 'DISABLED';
  /** Minutes between two runs, or null if the schedule is no longer a rate. */
  readonly everyMinutes: number | null;
  /** A nominal time of the schedule, milliseconds since the epoch. */
  readonly since: number;
}

const MINUTES: Readonly<Record<string, number>> = { minute: 1, hour: 60, day: 1440 };

/** Finds the schedule of a tenant's endpoint. Returns null if the endpoint is switched off. */
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
 * Computes the nominal time of the next run.
 * @param lastNominal nominal time of an earlier run, if there was one; milliseconds since the epoch
 * @returns null if the schedule is disabled or not a rate
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

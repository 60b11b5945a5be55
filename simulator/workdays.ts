import type { ActivityLog } from './activity.ts';
import type { Engine, Life } from './engine.ts';
import type { Floor, Seat } from './floor.ts';
import type { Random } from './random.ts';
import { STATUS, type UserStatus } from './statuses.ts';
import { DAY, findMidnight, HOUR, MINUTE, SECOND } from './time.ts';

interface Workplace {
  readonly engine: Engine;
  readonly floor: Floor;
  readonly log: ActivityLog;
}

interface Pause {
  readonly at: number;
  readonly lengthMs: number;
  readonly status: UserStatus;
}

function pausesOf(loginAt: number, random: Random): readonly Pause[] {
  const around = (hours: number) => loginAt + Math.round(random.between(hours - 0.4, hours + 0.4) * HOUR);
  const minutes = (from: number, to: number) => Math.round(random.between(from, to) * MINUTE);
  const meal = random.chance(0.1) ? STATUS.customMeal : STATUS.meal;
  const pauses = [
    { at: around(2), lengthMs: minutes(10, 18), status: STATUS.break },
    { at: around(4), lengthMs: minutes(28, 45), status: meal },
    { at: around(6.2), lengthMs: minutes(10, 18), status: STATUS.break },
  ];
  if (random.chance(0.15)) pauses.push({ at: around(7.2), lengthMs: minutes(10, 30), status: STATUS.specialTask });
  return pauses.toSorted((a, b) => a.at - b.at);
}

/** The working days of one agent: login, pauses if the work allows them, logout. */
export function* planWorkdays(
  { engine, floor, log }: Workplace,
  seat: Seat,
  manager: Seat,
  span: { startMs: number; endMs: number },
  random: Random,
): Life {
  const { agent } = seat;
  const { shift } = agent;
  log.enter(agent, STATUS.offline);
  for (let day = findMidnight(span.startMs); day < span.endMs; day += DAY) {
    if (shift.daysOff.includes(new Date(day).getUTCDay())) continue;
    const loginAt = day + shift.startMs + Math.round(random.between(-4 * MINUTE, 3 * MINUTE));
    const endAt = day + shift.startMs + shift.lengthMs;
    if (loginAt < engine.now || random.chance(0.08)) continue;
    if (loginAt > agent.deactivatedAt - DAY) return;
    yield loginAt - engine.now;
    log.notify(agent, 'login', { by: agent });
    log.enter(agent, STATUS.unavailable, { by: agent });
    yield Math.round(random.between(10, 90) * SECOND);
    floor.arrive(seat);
    for (const pause of pausesOf(loginAt, random)) {
      if (pause.at > endAt - 20 * MINUTE) continue;
      yield Math.max(0, pause.at - engine.now);
      yield floor.pause(seat);
      // A manager sets the status of some agents.
      const by = pause.status === STATUS.specialTask ? manager.agent : agent;
      log.enter(agent, pause.status, { by });
      yield pause.lengthMs;
      floor.arrive(seat);
    }
    yield Math.max(0, endAt - engine.now);
    yield floor.pause(seat);
    log.notify(agent, 'logout', { by: agent });
    log.enter(agent, STATUS.offline, { by: agent });
  }
}

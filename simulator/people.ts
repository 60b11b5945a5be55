import type { Random } from './random.ts';
import { EMERGENCY, findReorganisation, ORDERS, RETURNS, STAFFING } from './teams.ts';
import { DAY, type History, HOUR } from './time.ts';

/** An agent's working hours: offsets from midnight UTC, and the days of the week off (0 is Sunday). */
export interface Shift {
  readonly startMs: number;
  readonly lengthMs: number;
  readonly daysOff: readonly number[];
}

export interface Name {
  readonly first: string;
  readonly middle: string | null;
  readonly last: string;
}

/** An agent as an administrator sees them; what they are doing is in the activity log. */
export interface Agent {
  readonly id: number;
  /** As the administrator assigned it; null if it was not assigned. */
  readonly number: number | null;
  readonly name: History<Name>;
  readonly teams: History<readonly number[]>;
  readonly createdAt: number;
  /** Gone from `/agents` from this virtual time on; `Infinity` for those who stay. */
  deactivatedAt: number;
  readonly location: string | null;
  readonly roles: readonly string[];
  readonly shift: Shift;
  /** Typical talk time relative to the others. */
  readonly pace: number;
}

const FIRST =
  'Ada Ben Chloé Dmitri Elif Femi Grace Hiro Inés Jonas Kavya Liam Mei Noor Oskar Priya Quentin Rosa Sven Tara Umar Vera Wen Ximena Yusuf Zoë'.split(
    ' ',
  );
const LAST =
  "Abara Berg Castillo Dubois Eriksen Fischer García Haddad Ito Jansen Kowalski Lopez Müller Nakamura O'Brien Petrov Quinn Rossi Silva Tanaka Usman Vance Weber Xu Yilmaz Zhang".split(
    ' ',
  );
const SHIFT_STARTS: readonly (readonly [number, number])[] = [
  [6.75, 34],
  [8.75, 30],
  [10, 14],
  [13, 22],
];

function shiftOf(index: number, team: number, random: Random): Shift {
  const night = team === EMERGENCY && index % 2 === 1;
  const start = night ? 21 : random.weighted(SHIFT_STARTS);
  const weekend = index % 5 < 2;
  return {
    startMs: Math.round((start + random.between(-0.1, 0.1)) * HOUR),
    // Many work part-time; otherwise sixty agents would mostly wait for calls.
    lengthMs: (night ? 9.5 : random.chance(0.35) ? 5.25 : 8.25) * HOUR,
    daysOff: weekend ? [(index % 3) + 2, (index % 3) + 3] : [0, 6],
  };
}

function hire(index: number, startMs: number, random: Random): Agent {
  const team = random.weighted(STAFFING);
  const second = random.chance(0.15) ? random.weighted(STAFFING) : team;
  const createdAt = startMs - Math.round(random.between(20, 900) * DAY);
  return {
    id: 501 + index,
    number: random.chance(0.85) ? 7001 + index : null,
    name: [
      {
        at: createdAt,
        value: {
          first: random.pick(FIRST),
          middle: random.chance(0.1) ? random.pick(FIRST) : null,
          last: random.pick(LAST),
        },
      },
    ],
    teams: [{ at: createdAt, value: team === second ? [team] : [team, second].toSorted((a, b) => a - b) }],
    createdAt,
    deactivatedAt: Number.POSITIVE_INFINITY,
    location: random.weighted([
      ['Lisbon', 5],
      ['Kraków', 3],
      ['Manila', 3],
      [null, 1],
    ]),
    roles: index % 12 === 0 ? ['agent', 'manager'] : ['agent'],
    shift: shiftOf(index, team, random),
    pace: random.between(0.8, 1.25),
  };
}

/** Renames, moves and departures, all outside working hours. */
function change(agents: readonly Agent[], span: { startMs: number; endMs: number }, random: Random): void {
  const days = Math.max(1, Math.floor((span.endMs - span.startMs) / DAY));
  const someDay = () => span.startMs + random.integer(0, days - 1) * DAY;
  const moved = findReorganisation(span);
  for (const agent of agents) {
    const now = agent.teams[0]?.value ?? [];
    if (!now.includes(RETURNS)) continue;
    const then = new Set(now.map((team) => (team === RETURNS ? ORDERS : team)));
    agent.teams.push({ at: moved, value: [...then].toSorted((a, b) => a - b) });
  }
  const chosen = (count: number) => agents.filter((_, index) => index % Math.ceil(agents.length / count) === 1);
  for (const agent of chosen(3)) {
    const name = agent.name[0]?.value;
    if (name) agent.name.push({ at: someDay() + Math.round(5.1 * HOUR), value: { ...name, last: random.pick(LAST) } });
  }
  for (const agent of agents.filter((one) => one.teams.length === 1).slice(2, 4)) {
    agent.teams.push({ at: someDay() + Math.round(5.3 * HOUR), value: [random.weighted(STAFFING.slice(3))] });
  }
  for (const agent of agents.slice(agents.length - Math.floor(agents.length / 30))) {
    agent.deactivatedAt = span.startMs + Math.round((days / 2 + random.integer(0, days / 3)) * DAY + 5.5 * HOUR);
  }
}

/** The agents of the centre, by id. Every team that serves a queue has one, if there are enough agents. */
export function hireAll(seats: number, span: { startMs: number; endMs: number }, random: Random): readonly Agent[] {
  const agents = Array.from({ length: seats }, (_, index) => hire(index, span.startMs, random.fork()));
  change(agents, span, random.fork());
  return agents;
}

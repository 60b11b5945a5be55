import { expect, it } from 'vitest';
import { type QuirkName, Quirks } from '../../simulator/quirks.ts';
import { simulate } from '../../simulator/simulation.ts';
import { USER_STATUSES } from '../../simulator/statuses.ts';
import { type Objects, objectKey, type Row, useLake } from './lake-of-lines.ts';

const ask = useLake();
const HOUR = 3_600_000;
const centre = simulate({ seed: 6, days: 7, seats: 14 });
/** In the middle of a working day, and after the last one. */
const MOMENTS = [58.4, 24 * 7 + 20].map((hours) => centre.startMs + hours * HOUR);

/** The activity log as it is read at a time, in objects of a day. */
function writeLog(at: number, quirks: readonly QuirkName[] = []): Objects {
  const extracted = { _extracted_at: new Date(at).toISOString(), _batch: '0000000001' };
  const rows = centre.collections(new Quirks(quirks, 1)).records('agent_activity_logs', at);
  const days = Map.groupBy(rows, ({ started_at }) => String(started_at).slice(0, 10));
  return Object.fromEntries(
    [...days].map(([dt, group]) => [
      objectKey('raw/agent_status_history', 1, { dt }),
      group.map((row) => ({ ...row, ...extracted })),
    ]),
  );
}

const INTERVALS = `SELECT dt, id, agent_id, status_id, status_name, status_kind, started_at, ended_at, seconds, is_open, is_cut,
  call_id, chat_id
FROM status_interval ORDER BY id`;

/** Statuses of the company, and those whose number is not documented. */
const OTHERS = [5, -11];

/** The rows of `status_interval` that the simulator's own events demand. */
function expectIntervals(at: number): Row[] {
  const names = new Map(USER_STATUSES.map(({ id, name }) => [id, name]));
  return centre.activity(at).intervals.map((one) => {
    const ended = one.ended_at ?? new Date(at).toISOString();
    const name = String(names.get(one.status_id));
    return {
      dt: String(one.started_at).slice(0, 10),
      id: one.activity_id,
      agent_id: one.agent_id,
      status_id: one.status_id,
      status_name: name,
      status_kind: OTHERS.includes(one.status_id) ? 'other' : name.toLowerCase().replaceAll(/[ -]/g, '_'),
      started_at: one.started_at,
      ended_at: ended,
      seconds: (Date.parse(ended) - Date.parse(String(one.started_at))) / 1000,
      is_open: one.ended_at === null,
      is_cut: false,
      call_id: one.call_id,
      chat_id: one.chat_id,
    };
  });
}

it.each(MOMENTS)('status_interval has the statuses of a week as they really were, row by row, at %d', async (at) => {
  const expected = expectIntervals(at);
  expect(await ask(writeLog(at), INTERVALS)).toEqual(expected);
  expect(new Set(expected.map(({ status_kind }) => status_kind)).size).toBeGreaterThan(9);
  expect(expected.filter(({ is_open }) => is_open).length).toBe(14);
});

it('status_interval ends a status at the logout although the platform let it run on, and says so', async () => {
  const at = MOMENTS.at(-1) ?? 0;
  const rows = await ask(writeLog(at, ['status-after-logout']), INTERVALS);
  const cut = rows.filter(({ is_cut }) => is_cut);
  expect(cut.length).toBeGreaterThan(10);
  expect(rows.map((row) => ({ ...row, is_cut: false }))).toEqual(expectIntervals(at));
});

it('status_interval finds the end of a status that was never closed until the end of the following day', async () => {
  const at = MOMENTS.at(-1) ?? 0;
  const rows = await ask(writeLog(at, ['never-closed']), INTERVALS);
  const expected = expectIntervals(at);
  const wrong = rows.filter((row, index) => row.ended_at !== expected[index]?.ended_at);
  expect(rows.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
  const isLong = ({ id, dt }: Row) => {
    const ended = String(expected.find((row) => row.id === id)?.ended_at).slice(0, 10);
    return Date.parse(ended) - Date.parse(String(dt)) > 24 * HOUR;
  };
  expect(wrong.filter((row) => !isLong(row))).toEqual([]);
  expect(wrong.every(({ is_open }) => is_open)).toBe(true);
  expect(wrong.length).toBeLessThan(rows.length / 100);
});

/** What each activity of the simulator tells. */
const EVENTS: Readonly<Record<string, readonly [event: string, casting: string | null]>> = {
  login: ['login', null],
  logout: ['logout', null],
  call_notification_offered: ['offered', null],
  chat_notification_offered: ['offered', null],
  deltacast_call_notification_offered: ['offered', 'deltacast'],
  deltacast_call_pick_up_attempt: ['attempted', 'deltacast'],
  chat_pick_up_attempt: ['attempted', null],
  call_picked_up: ['picked_up', null],
  chat_picked_up: ['picked_up', null],
  call_outbound_dialing: ['dialled', null],
  deltacast_call_missed: ['missed', 'deltacast'],
};

it.each(MOMENTS)('agent_event has the notifications of a week, row by row, at %d', async (at) => {
  const expected = centre.activity(at).events.map((one) => ({
    dt: String(one.at).slice(0, 10),
    id: one.activity_id,
    agent_id: one.agent_id,
    activity: one.activity,
    happened_at: one.at,
    event: EVENTS[one.activity]?.[0],
    casting: EVENTS[one.activity]?.[1],
    channel: one.call_id !== null ? 'call' : one.chat_id !== null ? 'chat' : null,
    call_id: one.call_id,
    chat_id: one.chat_id,
  }));
  const columns = 'dt, id, agent_id, activity, happened_at, event, casting, channel, call_id, chat_id';
  expect(await ask(writeLog(at), `SELECT ${columns} FROM agent_event ORDER BY id`)).toEqual(expected);
  expect(new Set(expected.map(({ activity }) => activity))).toEqual(new Set(Object.keys(EVENTS)));
});

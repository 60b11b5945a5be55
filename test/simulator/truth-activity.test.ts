import { describe, expect, it } from 'vitest';
import { type QuirkName, Quirks } from '../../simulator/quirks.ts';
import type { ApiRecord } from '../../simulator/render.ts';
import { simulate } from '../../simulator/simulation.ts';

const HOUR = 3_600_000;
const centre = simulate({ seed: 4, days: 3, seats: 12, callsPerDay: 150 });
const times = [11.5, 30, 80].map((hours) => centre.startMs + hours * HOUR);

const read = (at: number, quirks: readonly QuirkName[] = []) =>
  centre.collections(new Quirks(quirks, 1)).records('agent_activity_logs', at);
const isStatus = (row: ApiRecord) => row.activity === 'user_status_changed';
const statusOf = (row: ApiRecord) => Object(row.status).id;

/** Intervals as a reader of the log cuts them: at the next status of the agent. */
function cut(rows: readonly ApiRecord[]) {
  const statuses = rows.filter(isStatus);
  const next = new Map<unknown, unknown>();
  return statuses
    .toReversed()
    .map((row) => {
      const ends = [row.ended_at, next.get(row.agent_id)].flatMap((end) => (typeof end === 'string' ? [end] : []));
      next.set(row.agent_id, row.started_at);
      return { id: row.id, status: statusOf(row), ended: ends.toSorted()[0] ?? null };
    })
    .toReversed();
}

describe('the truth of the activity log', () => {
  it.each(times)('has the statuses and the notifications of the records at %d', (at) => {
    const { intervals, events } = centre.activity(at);
    const rows = read(at);
    expect(
      intervals.map((one) => [one.activity_id, one.agent_id, one.status_id, one.started_at, one.ended_at]),
    ).toEqual(rows.filter(isStatus).map((row) => [row.id, row.agent_id, statusOf(row), row.started_at, row.ended_at]));
    expect(events.map((one) => [one.activity_id, one.activity, one.at, one.call_id, one.chat_id])).toEqual(
      rows
        .filter((row) => !isStatus(row))
        .map((row) => [row.id, row.activity, row.started_at, row.call_id, row.chat_id]),
    );
    expect(new Set(events.map(({ activity }) => activity))).toContain('login');
  });

  it('has each agent in exactly one status at any time', () => {
    const { intervals } = centre.activity(centre.endMs);
    const ends = new Map<number, string | null>();
    for (const { agent_id, started_at, ended_at, seconds } of intervals) {
      const before = ends.get(agent_id);
      if (before !== undefined) expect(started_at).toBe(before);
      ends.set(agent_id, ended_at);
      if (ended_at !== null) expect(seconds).toBe((Date.parse(ended_at) - Date.parse(started_at ?? '')) / 1000);
    }
    expect(ends.size).toBe(12);
    expect([...ends.values()]).toEqual(Array.from(ends, () => null));
  });

  it.each(['status-after-logout', 'never-closed'] as const)(
    'is what remains if %s is cut at the next status',
    (quirk) => {
      const at = centre.endMs + 24 * HOUR;
      const { intervals } = centre.activity(at);
      const truth = intervals.map((one) => ({ id: one.activity_id, status: one.status_id, ended: one.ended_at }));
      expect(cut(read(at, [quirk]))).toEqual(truth);
      const wrong = read(at, [quirk])
        .filter(isStatus)
        .filter((row, index) => row.ended_at !== truth[index]?.ended);
      expect(wrong.length).toBeGreaterThan(3);
    },
  );
});

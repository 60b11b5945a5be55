import { describe, expect, it } from 'vitest';
import { simulate } from '../../simulator/simulation.ts';

const HOUR = 3_600_000;
// biome-ignore lint/suspicious/noExplicitAny: records are the API's loose JSON
type Loose = any;

const centre = simulate({ seed: 5, days: 3, seats: 30 });
const late = centre.endMs + 6 * 24 * HOUR;
const calls = (at: number): Loose[] => [...centre.records('calls', at)];

describe('records as of a time', () => {
  it('shows nothing from the future', () => {
    for (const hours of [0, 9.25, 30.1, 71.9]) {
      const at = centre.startMs + hours * HOUR;
      for (const name of ['calls', 'chats', 'agent_activity_logs'] as const) {
        for (const record of centre.records(name, at) as Loose[]) {
          const newest = record.updated_at ?? record.ended_at ?? record.started_at;
          expect(Date.parse(newest)).toBeLessThanOrEqual(at);
          expect(Date.parse(record.created_at ?? record.started_at)).toBeLessThanOrEqual(at);
        }
      }
    }
  });

  it('moves updated_at with every change of a call, and never changes a call without it', () => {
    const seen = new Map<number, { text: string; updated: number }>();
    let changes = 0;
    for (let at = centre.startMs + 9 * HOUR; at < centre.startMs + 10.5 * HOUR; at += 20_000) {
      for (const call of calls(at)) {
        const text = JSON.stringify(call);
        const updated = Date.parse(call.updated_at);
        const before = seen.get(call.id);
        if (before && before.text !== text) {
          expect(updated).toBeGreaterThan(before.updated);
          changes += 1;
        } else if (before) expect(updated).toBe(before.updated);
        seen.set(call.id, { text, updated });
      }
    }
    expect(changes).toBeGreaterThan(100);
  });

  it('walks an inbound call through its statuses', () => {
    const one = calls(late).find(
      (call) =>
        call.status === 'finished' &&
        call.call_type === 'Voice Inbound (IVR)' &&
        call.queued_at &&
        call.connected_at &&
        !call.virtual_agent,
    ) as Loose;
    const statuses: string[] = [];
    const created = Date.parse(one.created_at);
    for (let at = created; at <= Date.parse(one.updated_at); at += 5) {
      const call = calls(at).find((other) => other.id === one.id) as Loose;
      if (statuses.at(-1) !== call.status) statuses.push(call.status);
      if (!['finished'].includes(call.status)) expect(call.call_duration ?? call.duration ?? 0).toBe(0);
      if (call.status === 'connected') at += 20_000;
      if (call.status === 'finished') break;
      if (call.status === 'selecting' || call.status === 'queued') at += 100;
    }
    expect(statuses[0]).toBe('selecting');
    expect(statuses.at(-1)).toBe('finished');
    expect(statuses).toContain('queued');
  }, 60_000);

  it('changes calls long after their end: ratings, tickets, and a trail of what changed', () => {
    const rated = calls(late).filter((call) => call.rating !== null && (call.ends_at ?? call.ended_at));
    expect(rated.length).toBeGreaterThan(50);
    const hoursLater = rated.filter(
      (call) => Date.parse(call.updated_at) - Date.parse(call.ends_at ?? call.ended_at) > 2 * HOUR,
    );
    expect(hoursLater.length).toBeGreaterThan(5);
    for (const call of rated.filter((_, index) => index % 20 === 0)) {
      const change = call.changed_details.findLast((one: Loose) => one.field === 'rating');
      expect(Date.parse(change.changed_at)).toBeGreaterThan(Date.parse(call.ends_at ?? call.ended_at));
      const before = calls(Date.parse(change.changed_at) - 1).find((other) => other.id === call.id) as Loose;
      if (change.old_value === null) expect(before.rating).toBeNull();
    }
  }, 60_000);

  it('links many tickets in one instant, more than a page of records sharing one updated_at', () => {
    const big = simulate({ seed: 1, days: 2 });
    const at = big.startMs + 26 * HOUR;
    const shared = (big.records('calls', at) as Loose[]).filter((call) => Date.parse(call.updated_at) === at);
    expect(shared.length).toBeGreaterThan(100);
  });

  it('sometimes removes photos from their parent', () => {
    const big = simulate({ seed: 1 });
    const ids = (at: number) =>
      new Set(
        ([...big.records('calls', at), ...big.records('chats', at)] as Loose[]).flatMap((one) =>
          one.photos.map((photo: Loose) => photo.id),
        ),
      );
    const early = ids(big.startMs + 100 * HOUR);
    const later = ids(big.endMs + 5 * 24 * HOUR);
    const gone = [...early].filter((id) => !later.has(id));
    expect(gone.length).toBeGreaterThan(0);
    expect(gone.length).toBeLessThan(early.size / 2);
  });

  it('renames, moves and deactivates agents and deletes a team softly', () => {
    const big = simulate({ seed: 1 });
    const people = (at: number) => new Map((big.records('agents', at) as Loose[]).map((agent) => [agent.id, agent]));
    const before = people(big.startMs + HOUR);
    const after = people(big.endMs);
    expect(before.size).toBe(60);
    expect(after.size).toBe(58);
    const both = [...after.values()].map((agent) => [before.get(agent.id), agent]);
    expect(both.filter(([was, is]) => was.last_name !== is.last_name).length).toBeGreaterThan(0);
    expect(
      both.filter(
        ([was, is]) =>
          JSON.stringify(was.teams.map((team: Loose) => team.id)) !==
          JSON.stringify(is.teams.map((team: Loose) => team.id)),
      ).length,
    ).toBeGreaterThan(1);
    expect(both.filter(([, is]) => is.teams.length > 1).length).toBeGreaterThan(2);
    const deleted = (at: number) =>
      (big.records('teams', at) as Loose[]).filter((team) => team.deleted).map((team) => team.id);
    expect(deleted(big.startMs)).toEqual([20]);
    expect(deleted(big.endMs)).toEqual([14, 20]);
    const gone = [...before.keys()].filter((id) => !after.has(id));
    const logs = (big.records('agent_activity_logs', big.endMs) as Loose[]).filter((row) =>
      gone.includes(row.agent_id),
    );
    expect(logs.length).toBeGreaterThan(0);
  });
});

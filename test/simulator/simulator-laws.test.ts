import { describe, expect, it } from 'vitest';
import type { Collection } from '../../simulator/collections.ts';
import { type Simulation, simulate } from '../../simulator/simulation.ts';

const HOUR = 3_600_000;
// biome-ignore lint/suspicious/noExplicitAny: records are the API's loose JSON
type Loose = any;

const small = simulate({ seed: 7, days: 4, seats: 24 });
const end = small.endMs + 5 * 24 * HOUR;
const read = (collection: Collection, at = end, of: Simulation = small): Loose[] => [...of.records(collection, at)];
const bytes = (of: Simulation) =>
  (['calls', 'chats', 'agent_activity_logs', 'agents', 'teams', 'teams/tree', 'menus'] as const)
    .map((name) => JSON.stringify(of.records(name, of.startMs + 50 * HOUR)))
    .join('\n');
const time = (text: string | null | undefined) => (text ? Date.parse(text) : null);
const agentRows = (row: Loose) =>
  (row.participants ?? []).filter((one: Loose) => one.type === 'agent' && one.connected_at);

describe('determinism', () => {
  it('gives the same bytes for the same seed and options', () => {
    const options = { seed: 3, days: 3, seats: 12 };
    expect(bytes(simulate(options))).toBe(bytes(simulate(options)));
  });

  it('gives different bytes for a different seed', () => {
    expect(bytes(simulate({ seed: 3, days: 3, seats: 12 }))).not.toBe(bytes(simulate({ seed: 4, days: 3, seats: 12 })));
  });

  it('gives the same bytes whatever was requested before, forwards or backwards in time', () => {
    const other = simulate({ seed: 7, days: 4, seats: 24 });
    for (const hours of [80, 10, 55.5]) other.records('calls', other.startMs + hours * HOUR);
    expect(bytes(other)).toBe(bytes(small));
  });

  it.each([{ seats: 1 }, { days: 0 }, { start: 'tomorrow' }, { seed: 0.5 }, { callsPerDay: -1 }])(
    'refuses options that make no sense: %j',
    (options) => expect(() => simulate(options)).toThrow(RangeError),
  );
});

describe('laws of the centre', () => {
  it('never has an agent in two conversations at once', () => {
    const spans = new Map<number, { from: number; to: number; of: string }[]>();
    for (const [kind, records] of [
      ['call', read('calls')],
      ['chat', read('chats')],
    ] as const) {
      for (const record of records) {
        for (const one of agentRows(record)) {
          const user = Number(one.user_id);
          const to = time(one.ended_at ?? one.finished_at ?? record.ends_at ?? record.ended_at);
          // a call that the platform never ends
          if (to === null) continue;
          const list = spans.get(user) ?? [];
          list.push({ from: time(one.connected_at) as number, to, of: `${kind} ${record.id}` });
          spans.set(user, list);
        }
      }
    }
    expect(spans.size).toBeGreaterThan(15);
    for (const list of spans.values()) {
      list.sort((a, b) => a.from - b.from);
      list.forEach((span, index) => {
        const next = list[index + 1];
        if (next && next.of !== span.of) expect(next.from, `${span.of} and ${next.of}`).toBeGreaterThanOrEqual(span.to);
      });
    }
  });

  it('keeps the timestamps of every call in order, except for a queue clock that is wrong by less than a second', () => {
    let skewed = 0;
    for (const call of read('calls')) {
      const queueSkew =
        time(call.queued_at) !== null && time(call.connected_at) !== null
          ? (time(call.queued_at) as number) - (time(call.connected_at) as number)
          : -1;
      if (queueSkew > 0) {
        skewed += 1;
        expect(queueSkew).toBeLessThan(1000);
      }
      const steps = [
        call.created_at,
        queueSkew > 0 ? null : call.queued_at,
        call.assigned_at,
        call.connecting_at,
        call.connected_at,
        call.ends_at ?? call.ended_at,
      ]
        .map(time)
        .filter((one) => one !== null);
      expect(steps, `call ${call.id}`).toEqual([...steps].sort((a, b) => a - b));
      expect((time(call.created_at) as number) % 1000).toBe(0);
      expect(time(call.updated_at)).toBeGreaterThanOrEqual(time(call.created_at) as number);
    }
    expect(skewed).toBeGreaterThan(0);
  });

  it('puts every agent in exactly one status at any time', () => {
    const byAgent = Map.groupBy(
      read('agent_activity_logs').filter((row) => row.status),
      (row) => row.agent_id,
    );
    expect(byAgent.size).toBe(24);
    for (const rows of byAgent.values()) {
      rows.forEach((row, index) => {
        const next = rows[index + 1];
        expect(row.ended_at).toBe(next ? next.started_at : null);
      });
    }
  });

  it('logs In-call for the whole time that an agent is on a call, and In-chat for a chat', () => {
    const rows = read('agent_activity_logs').filter((row) => row.status?.id === -7 || row.status?.id === -8);
    const byConversation = Map.groupBy(rows, (row) => `${row.call_id}/${row.chat_id}/${row.agent_id}`);
    let checked = 0;
    const check = (key: string, one: Loose, to: number) => {
      const from = time(one.connected_at) as number;
      const covering = byConversation
        .get(key)
        ?.filter((row) => (time(row.started_at) as number) <= from && (time(row.ended_at) as number) >= to);
      expect(covering, key).toHaveLength(1);
      checked += 1;
    };
    for (const call of read('calls')) {
      for (const one of agentRows(call)) {
        check(`${call.id}/null/${one.user_id}`, one, time(one.ended_at ?? call.ends_at ?? call.ended_at) as number);
      }
    }
    for (const chat of read('chats')) {
      for (const one of agentRows(chat))
        check(`null/${chat.id}/${Number(one.user_id)}`, one, time(one.ended_at ?? one.finished_at) as number);
    }
    expect(checked).toBeGreaterThan(500);
  });

  it('shows agents in the status that the log has for that time', () => {
    for (const hours of [9.5, 33.3, 58, 80]) {
      const at = small.startMs + hours * HOUR;
      const open = new Map(
        read('agent_activity_logs', at)
          .filter((row) => row.status && row.ended_at === null)
          .map((row) => [row.agent_id, row]),
      );
      expect(read('agents', at)).toHaveLength(24);
      for (const agent of read('agents', at)) {
        expect(agent.status.id).toBe(open.get(agent.id).status.id);
        expect(agent.status_updated_at).toBe(open.get(agent.id).started_at);
        expect(agent.online).toBe(agent.status.id !== -10);
      }
    }
  });

  it('gives ids in order of creation, per collection, and lets call and chat ids collide', () => {
    for (const name of ['calls', 'chats', 'agent_activity_logs'] as const) {
      const ids = read(name).map((one) => one.id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids).toEqual([...ids].sort((a, b) => a - b));
    }
    const calls = new Set(read('calls').map((call) => call.id));
    expect(read('chats').filter((chat) => calls.has(chat.id)).length).toBeGreaterThan(10);
  });
});

import { describe, expect, it } from 'vitest';
import type { Channel, SessionFacts } from '../../catalog/facts.ts';
import { compareFacts } from '../../cli/commands/fact-difference.ts';
import { computeFacts } from '../../lambdas/segments/session-facts.ts';
import { type QuirkName, Quirks } from '../../simulator/quirks.ts';
import { simulate } from '../../simulator/simulation.ts';
import type { SessionStage } from '../../simulator/stages.ts';

/** Facts of records with the platform's known defects of durations, against the truth. */

const centre = simulate({ seed: 6, days: 4, seats: 20, callsPerDay: 250 });
const at = centre.endMs + 4 * 86_400_000;

const readTruth = (stages: Iterable<SessionStage>): ReadonlyMap<unknown, SessionFacts> =>
  new Map([...stages].filter(({ isLast }) => isLast).map(({ record, facts }) => [record.id, facts]));
const truth: Readonly<Record<Channel, ReadonlyMap<unknown, SessionFacts>>> = {
  call: readTruth(centre.callStages()),
  chat: readTruth(centre.chatStages()),
};

function compareAll(quirk: QuirkName) {
  const collections = centre.collections(new Quirks([quirk], 1));
  const compare = (channel: Channel) =>
    collections.records(`${channel}s`, at).map((record) => {
      const { anomalies, ...facts } = computeFacts(channel, record);
      const expected = truth[channel].get(record.id) as SessionFacts;
      // a length of the API counts while it is within a second of its times
      return { anomalies, differences: compareFacts(record.id, expected, facts, 1) };
    });
  return [...compare('call'), ...compare('chat')];
}

describe('the facts of records with known defects', () => {
  it.each([
    ['queue-duration-zero', 'queue_duration'],
    ['doubled-chat-durations', 'queue_duration'],
    ['duplicate-wrap-ups', 'duplicate:handle_durations'],
  ] as const)('are those of the truth with %s, and an anomaly says so', (quirk, anomaly) => {
    const compared = compareAll(quirk);
    expect(compared.flatMap(({ differences }) => differences)).toEqual([]);
    expect(compared.filter(({ anomalies }) => anomalies.some((one) => one.includes(anomaly))).length).toBeGreaterThan(
      20,
    );
  });
});

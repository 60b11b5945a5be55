import { expect, it } from 'vitest';
import {
  type Channel,
  SESSION_OUTCOMES,
  type SessionFacts,
  TRANSFER_OUTCOMES,
  VIRTUAL_AGENT_OUTCOMES,
  VISIT_EXITS,
  VISIT_ORIGINS,
} from '../../catalog/facts.ts';
import { compareFacts } from '../../cli/commands/fact-difference.ts';
import { computeFacts } from '../../lambdas/segments/session-facts.ts';
import { Centre } from '../../simulator/centre.ts';
import { withDefaults } from '../../simulator/simulation-options.ts';
import { listCallStages, listChatStages, type SessionStage } from '../../simulator/stages.ts';
import { liveDay } from '../../simulator/traffic.ts';

/** Small centres that together have facts of every kind. */
const CENTRES = [
  { seed: 22, seats: 4 },
  { seed: 28, seats: 5 },
  { seed: 8, seats: 5 },
  { seed: 11, seats: 3 },
  { seed: 19, seats: 6 },
  { seed: 32, seats: 4 },
];

/** Every stage of the sessions of a centre. Every second session lacks `queue_durations` and `handle_durations` where it can. */
function* listStages(options: { readonly seed: number; readonly seats: number }): Generator<[Channel, SessionStage]> {
  const centre = new Centre(withDefaults({ ...options, days: 1, callsPerDay: 25 }));
  liveDay(centre);
  const calls = centre.calls.map((story) =>
    story.id % 2 === 0 ? story : { ...story, traits: { ...story.traits, durationRowsMissing: true } },
  );
  const chats = centre.chats.map((story) =>
    story.id % 2 === 0 ? story : { ...story, traits: { ...story.traits, queueRowsMissing: true } },
  );
  for (const stage of listCallStages(calls)) yield ['call', stage];
  for (const stage of listChatStages(chats)) yield ['chat', stage];
}

/** What can be told apart in the facts of a session. */
function listKinds({ outcome, queue_visits, agent_legs, transfers, virtual_agent_legs }: SessionFacts): string[] {
  return [
    `outcome ${outcome.outcome}`,
    `direction ${outcome.direction}`,
    ...queue_visits.flatMap(({ source, exit, origin }) => [`${source} exit ${exit}`, `${source} origin ${origin}`]),
    ...agent_legs.map(({ source, via_transfer }) => `${source} leg ${via_transfer}`),
    ...transfers.flatMap(({ kind, outcome: end, cold, is_retry }) => [
      `transfer to ${kind}`,
      `transfer ${end}`,
      `cold ${cold}`,
      `retry ${is_retry}`,
    ]),
    ...virtual_agent_legs.flatMap(({ source, outcome: end, initiated_by, in_queue }) => [
      `virtual agent ${source}`,
      `virtual agent ${end}`,
      `initiated by ${initiated_by}`,
      `in queue ${in_queue}`,
    ]),
  ];
}

const KINDS = [
  // no session of the simulator has an outcome or a transfer that the platform does not explain
  ...SESSION_OUTCOMES.filter((outcome) => outcome !== 'no_agent').map((outcome) => `outcome ${outcome}`),
  ...TRANSFER_OUTCOMES.filter((outcome) => outcome !== 'unanswered').map((outcome) => `transfer ${outcome}`),
  ...VIRTUAL_AGENT_OUTCOMES.filter((outcome) => outcome !== 'failed').map((outcome) => `virtual agent ${outcome}`),
  ...['inbound', 'outbound', 'internal'].map((direction) => `direction ${direction}`),
  ...['agent', 'queue', 'virtual_agent', 'third_party'].map((kind) => `transfer to ${kind}`),
  ...['array', 'derived'].flatMap((source) => [
    `virtual agent ${source}`,
    ...VISIT_EXITS.map((exit) => `${source} exit ${exit}`),
    // campaigns have no queue
    ...VISIT_ORIGINS.filter((origin) => origin !== 'campaign').map((origin) => `${source} origin ${origin}`),
    ...[true, false].map((isTransferred) => `${source} leg ${isTransferred}`),
  ]),
  ...[true, false, null].map((cold) => `cold ${cold}`),
  ...[true, false].flatMap((is) => [`retry ${is}`, `in queue ${is}`]),
  ...['agent', 'consumer'].map((who) => `initiated by ${who}`),
];

it('the facts of sessions of every kind, with and without the arrays of durations, are those of the truth', () => {
  const kinds = new Set<string>();
  for (const centre of CENTRES)
    for (const [channel, { record, facts }] of listStages(centre)) {
      const [difference] = compareFacts(`${channel} ${record.id}`, facts, computeFacts(channel, record));
      // an expectation for each of thousands of stages takes longer than the rest
      if (difference !== undefined) expect(difference).toBeUndefined();
      for (const kind of listKinds(facts)) kinds.add(kind);
    }
  expect([...kinds].sort()).toEqual(KINDS.sort());
});

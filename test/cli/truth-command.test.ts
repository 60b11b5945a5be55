import { describe, expect, it } from 'vitest';
import { compareFactStages, compareStages } from '../../cli/commands/truth-command.ts';
import { simulate } from '../../simulator/simulation.ts';
import type { CallStage } from '../../simulator/stages.ts';
import { ccaip, jsonFrom } from './run-ccaip.ts';

const month = simulate({ seed: 7, days: 30, seats: 12, callsPerDay: 100 });

function firstHandled(): CallStage | undefined {
  for (const stage of month.callStages()) if (stage.truth.metrics.handle_time?.status === 'ok') return stage;
  return undefined;
}

describe('the segment metrics of a simulated month', () => {
  const agreement = compareStages(month);

  it('equal the recorded truth in every stage of every call', () => {
    expect(agreement.differences).toEqual([]);
    expect(agreement.equal).toBe(agreement.metrics);
    expect(agreement.calls).toBe(month.truth(month.endMs).calls.size);
    expect(agreement.stages).toBeGreaterThan(5 * agreement.calls);
    expect(agreement.metrics).toBe(12 * agreement.stages);
  });

  it('cover all families and every status that a working platform gives', () => {
    expect(Object.keys(agreement.families).sort()).toEqual([
      'campaign',
      'direct',
      'internal',
      'ivr',
      'mobile',
      'outbound',
      'scheduled',
    ]);
    for (const status of ['ok', 'approximate', 'not_applicable', 'pending', 'missing_input'])
      expect(agreement.statuses[status]).toBeGreaterThan(0);
  });

  it('are compared in value and in status', () => {
    const stage = firstHandled();
    const compared = (metric: string, change: object) => {
      const { truth } = stage as CallStage;
      const metrics = { ...truth.metrics, [metric]: { ...Object(truth.metrics[metric]), ...change } };
      return compareStages({ callStages: () => [{ ...(stage as CallStage), truth: { ...truth, metrics } }] });
    };
    const seconds = stage?.truth.metrics.handle_time?.seconds ?? 0;
    expect(compared('handle_time', {})).toMatchObject({ metrics: 12, equal: 12, differences: [] });
    expect(compared('handle_time', { seconds: seconds + 0.001 })).toMatchObject({
      equal: 11,
      differences: [{ call_id: stage?.truth.id, metric: 'handle_time', computed: `${seconds} ok` }],
    });
    expect(compared('handle_time', { status: 'approximate' }).equal).toBe(11);
    expect(compared('handle_time', { seconds: null, status: 'pending' }).equal).toBe(11);
  });
});

describe('the facts of a simulated month', () => {
  it('equal the recorded truth in every stage of every call and chat', () => {
    const { chats, stages, fields, equal, differences } = compareFactStages(month);
    expect(differences).toEqual([]);
    expect(equal).toBe(fields);
    expect(chats).toBe(month.records('chats', month.endMs + 4 * 86_400_000).length);
    expect(stages).toBeGreaterThan(5 * chats);
    expect(fields).toBeGreaterThan(40 * stages);
  });

  it('are compared field by field', () => {
    const stage = firstHandled() as CallStage;
    const compared = (outcome: object) =>
      compareFactStages({
        callStages: () => [{ ...stage, facts: { ...stage.facts, outcome: { ...stage.facts.outcome, ...outcome } } }],
        chatStages: () => [],
      });
    expect(compared({}).differences).toEqual([]);
    const { fields, equal, differences } = compared({ agent_legs: 9, has_menu: null });
    expect(equal).toBe(fields - 2);
    expect(differences).toMatchObject([
      { channel: 'call', session_id: stage.truth.id, fact: 'outcome', field: 'has_menu', expected: null },
      { field: 'agent_legs', expected: 9, computed: stage.facts.outcome.agent_legs },
    ]);
  });
});

describe('ccaip truth', () => {
  it('prints how many metrics are equal', async () => {
    const { code, stdout } = await ccaip(['truth', '--calls', '200', '--days', '2']);
    expect(code).toBe(0);
    const [, equal, all] = /happened: ([\d,]+) of ([\d,]+) equal/.exec(stdout) ?? [];
    expect(equal).toBe(all);
  });

  it('prints how many fields of facts are equal', async () => {
    const { stdout } = await ccaip(['truth', '--calls', '200', '--days', '2']);
    const [, equal, all] = /Fields of facts.*: ([\d,]+) of ([\d,]+) equal/.exec(stdout) ?? [];
    expect(equal).toBe(all);
    expect(Number(all?.replaceAll(',', ''))).toBeGreaterThan(10_000);
  });

  it('prints the counts as JSON', async () => {
    const outcome = await ccaip(['truth', '--calls', '200', '--days', '2', '--json']);
    expect(outcome.code).toBe(0);
    const { calls, metrics, equal, differences } = jsonFrom<Record<string, number>>(outcome);
    expect(calls).toBeGreaterThan(100);
    expect({ equal, differences }).toEqual({ equal: metrics, differences: [] });
  });
});

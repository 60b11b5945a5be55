import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FACT_TABLES } from '../../catalog/fact-columns.ts';
import { SESSION_OUTCOMES, TRANSFER_OUTCOMES, VISIT_EXITS } from '../../catalog/facts.ts';
import { computeFacts } from '../../lambdas/segments/session-facts.ts';
import { agent, at, FINISHED } from '../segments/fixtures/calls.ts';

const page = readFileSync('docs/facts.md', 'utf8');

describe('docs/facts.md', () => {
  it('names every table of facts, outcome and exit', () => {
    for (const { name } of FACT_TABLES) expect(page).toContain(`| \`${name}\` |`);
    for (const outcome of [...SESSION_OUTCOMES, 'zombie']) expect(page).toContain(`| \`${outcome}\` |`);
    for (const word of [...VISIT_EXITS, ...TRANSFER_OUTCOMES]) expect(page).toContain(`\`${word}\``);
  });

  it('draws a call with the facts of the engine', () => {
    const { outcome, queue_visits, agent_legs, transfers } = computeFacts('call', {
      ...FINISHED,
      fail_reason: 'eu_abandoned',
      ends_at: at('10:10:00'),
      selected_menu: { id: 9, name: 'Billing' },
      participants: [agent(5, '10:01:05', '10:05:00')],
      transfers: [
        {
          id: 7,
          status: 'failed',
          created_at: at('10:05:00'),
          from_agent: { id: 5 },
          to_menu: { id: 19, name: 'Tech' },
        },
      ],
    });
    for (const { visit_no, queue_id, exit, seconds } of queue_visits)
      expect(page).toContain(`queue_visit ${visit_no}: queue ${queue_id}, ${exit}, ${seconds} s`);
    for (const { leg_no, agent_id, seconds } of agent_legs)
      expect(page).toContain(`agent_leg ${leg_no}: agent ${agent_id}, ${seconds} s`);
    for (const one of transfers)
      expect(page).toContain(`transfer ${one.transfer_no}: to a ${one.kind}, ${one.outcome}`);
    expect([queue_visits.length, agent_legs.length, transfers.length]).toEqual([2, 1, 1]);
    expect(outcome).toMatchObject({ outcome: 'answered', abandoned_after_answer: true });
  });
});

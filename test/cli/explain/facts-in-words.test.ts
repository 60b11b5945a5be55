import { expect, it } from 'vitest';
import { describeFacts } from '../../../cli/explain/facts-in-words.ts';
import { computeFacts } from '../../../lambdas/segments/session-facts.ts';
import { agent, at, FINISHED } from '../../segments/fixtures/calls.ts';

it('describes each fact in a line, with the fields behind it', () => {
  const facts = computeFacts('call', {
    ...FINISHED,
    selected_menu: { id: 9, name: 'Billing' },
    fail_reason: 'eu_abandoned',
    ends_at: at('10:10:00'),
    participants: [agent(5, '10:01:05', '10:05:00')],
    handle_durations: [
      {
        id: 21,
        agent_id: 5,
        started_at: at('10:01:05'),
        ended_at: at('10:05:00'),
        call_duration: 235,
        acw_duration: 20,
      },
    ],
    transfers: [{ id: 7, status: 'failed', created_at: at('10:05:00'), from_agent: { id: 5 }, to_menu: { id: 19 } }],
  });
  expect(describeFacts(facts).split('\n')).toEqual([
    'outcome                answered, abandoned in a later queue, inbound, 2 queue visits, 1 agent legs',
    '    from status, fail_reason, deflection, voicemail_reason, disconnected_by and the facts below',
    'queue_visit 1          queue 9 Billing, answered by agent 5, 30 s, origin inbound',
    '    from queued_at, queue_duration, assigned_at, connected_at, the end of the session',
    'queue_visit 2          queue 19, abandoned, 300 s, origin transfer',
    '    from transfers[7] and its receiver among the participants',
    'agent_leg 1            agent 5, 235 s, wrap-up 20 s, from queue visit 1',
    '    from handle_durations[21]',
    'transfer 1             agent 5 to queue 19, kind queue, failed',
    '    from transfers[7]',
    '',
  ]);
});

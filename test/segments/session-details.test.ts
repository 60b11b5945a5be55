import { describe, expect, it } from 'vitest';
import { computeCallSegments } from '../../lambdas/segments/call-segments.ts';
import { at, type Call, FINISHED } from './fixtures/calls.ts';

const details = (changes: Call) => computeCallSegments({ ...FINISHED, ...changes }).facts.details;

describe('the details of a session', () => {
  it('are the fields as the API sent them, with times in UTC', () => {
    expect(
      details({
        parent_id: 7,
        session_type_v2: 'Voice Callback (Web)',
        sub_status: 'Disconnected by agent',
        fail_reason: 'nothing',
        deflection: 'over_capacity',
        voicemail_reason: 'not_voicemail',
        disconnected_by: 'disconnected_by_agent',
        lang: 'en',
        rating: 4,
        end_user: { id: '75' },
        scheduled_at: '2019-06-07T12:00:00+02:00',
      }),
    ).toEqual({
      parent_id: 7,
      session_type: 'Voice Callback (Web)',
      sub_status: 'Disconnected by agent',
      fail_reason: 'nothing',
      deflection: 'over_capacity',
      voicemail_reason: 'not_voicemail',
      disconnected_by: 'disconnected_by_agent',
      lang: 'en',
      rating: 4,
      end_user_id: 75,
      queued_at: '2019-06-07T10:00:30.000Z',
      assigned_at: '2019-06-07T10:01:00.000Z',
      connected_at: '2019-06-07T10:01:05.000Z',
      ended_at: '2019-06-07T10:06:05.000Z',
      scheduled_at: '2019-06-07T10:00:00.000Z',
    });
  });

  it('are null where the API sends nothing', () => {
    expect(Object.values(computeCallSegments({ created_at: at('10:00:00') }).facts.details)).toEqual(
      Array.from({ length: 15 }, () => null),
    );
  });

  it.each([
    [5, 5],
    ['4', 4],
    [4.5, 4.5],
    [0, null],
    ['0', null],
    [-1, null],
    ['', null],
    [' ', null],
    ['good', null],
    [true, null],
    [Number.POSITIVE_INFINITY, null],
  ])('have the rating %j as %j', (rating, expected) => {
    expect(details({ rating }).rating).toBe(expected);
  });
});

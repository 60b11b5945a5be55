import { describe, expect, it } from 'vitest';
import {
  findDirection,
  hasDeflection,
  isEndedByCaller,
  isReturned,
  isVoicemail,
  readReason,
} from '../../lambdas/segments/session.ts';

describe('the end user ended a session', () => {
  const session = (changes: object) => ({ record: {}, failReason: null, status: 'finished', ...changes });

  it.each([
    ['if it was abandoned in the queue', { failReason: 'eu_abandoned' }, true],
    ['if it was abandoned in the menu', { failReason: 'eu_in_menu_abandoned' }, true],
    [
      'if the reason says so, although an agent disconnected',
      { failReason: 'eu_abandoned', record: { disconnected_by: 'agent' } },
      true,
    ],
    ['if the end user disconnected', { record: { disconnected_by: 'disconnected_by_end_user' } }, true],
    ['not if an agent disconnected', { record: { disconnected_by: 'disconnected_by_agent' } }, false],
    [
      'not if an agent disconnected, whatever the status says',
      { status: 'abandoned', record: { disconnected_by: 'disconnected_by_agent' } },
      false,
    ],
    ['if the text of a chat says so', { record: { sub_status: 'Disconnected by end user' } }, true],
    [
      'if the text says so and the field is unknown',
      { record: { disconnected_by: 'disconnected_by_unknown', sub_status: 'Scheduled: disconnected by End User' } },
      true,
    ],
    [
      'if the text says so and the field is empty',
      { record: { disconnected_by: '', sub_status: 'Disconnected by end user' } },
      true,
    ],
    ['not if the text names an agent', { record: { sub_status: 'Disconnected by agent' } }, false],
    ['not if the text is no text', { record: { sub_status: 5 } }, false],
    ['if the status is abandoned', { status: 'abandoned' }, true],
    ['if the status is canceled', { status: 'canceled' }, true],
    ['if the status is cancelled', { status: 'cancelled' }, true],
    ['not if nothing says so', {}, false],
    ['not for another reason', { failReason: 'eu_canceled' }, false],
    ['not without a status', { status: null }, false],
  ])('%s', (_, changes, expected) => {
    expect(isEndedByCaller(session(changes))).toBe(expected);
  });
});

describe('a session went to voicemail', () => {
  it.each([
    ['if it has a reason for it', 'queue_timeout', 'finished', true],
    ['not if the reason says that it did not', 'not_voicemail', 'finished', false],
    ['if its status says so', 'not_voicemail', 'voicemail_read', true],
    ['if its status alone says so', null, 'voicemail', true],
    ['not without reason and status', null, null, false],
    ['not for an empty reason', '', 'finished', false],
    ['not if the status only mentions it', null, 'after_voicemail', false],
  ])('%s', (_, voicemail_reason, status, expected) => {
    expect(isVoicemail({ record: { voicemail_reason }, status })).toBe(expected);
  });
});

describe('a session is a callback, or continues another', () => {
  it.each([
    ['if it has a parent', 7, 'Voice Inbound (IVR)', true],
    ['if its type says so', null, 'Voice Callback (Web)', true],
    ['if its type says so in small letters', null, 'voice_callback', true],
    ['not otherwise', null, 'Voice Inbound (IVR)', false],
    ['not without a type', null, null, false],
  ])('%s', (_, parent_id, type, expected) => {
    expect(isReturned({ record: { parent_id }, type })).toBe(expected);
  });
});

it('a session is redirected unless the value says that it is not', () => {
  expect([hasDeflection('over_capacity'), hasDeflection('no_deflection'), hasDeflection(null)]).toEqual([
    true,
    false,
    false,
  ]);
});

it('nothing is no reason', () => {
  expect([readReason('eu_abandoned'), readReason('nothing'), readReason(''), readReason(5)]).toEqual([
    'eu_abandoned',
    null,
    null,
    null,
  ]);
});

it('callbacks and scheduled calls are inbound', () => {
  expect(
    Object.fromEntries(
      (['ivr', 'scheduled', 'chat', 'outbound', 'campaign', 'internal'] as const).map((family) => [
        family,
        findDirection(family),
      ]),
    ),
  ).toEqual({
    ivr: 'inbound',
    scheduled: 'inbound',
    chat: 'inbound',
    outbound: 'outbound',
    campaign: 'outbound',
    internal: 'internal',
  });
});

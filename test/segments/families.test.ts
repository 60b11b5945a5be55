import { describe, expect, it } from 'vitest';
import { computeCallSegments } from '../../lambdas/segments/call-segments.ts';
import { FAMILY_SEGMENTS, USUAL_TYPES } from '../../lambdas/segments/families.ts';
import { at, CONNECTED, FINISHED } from './fixtures/calls.ts';
import { anomaliesOf, everyMetric, FINISHED_METRICS, metricsOf } from './fixtures/results.ts';

const NO_IVR = { ...FINISHED_METRICS, ivr_time: 'not_applicable' };
const NO_QUEUE = { ...NO_IVR, queue_time: 'not_applicable', wait_time: 'not_applicable' };

const FAMILIES = {
  internal: NO_QUEUE,
  direct: NO_IVR,
  campaign: NO_IVR,
  outbound: NO_QUEUE,
  scheduled: NO_IVR,
  mobile: NO_IVR,
  ivr: FINISHED_METRICS,
  other: FINISHED_METRICS,
} as const;

/** The types that the platform documents and that calls usually have. */
const USUAL = {
  'Voice Inbound (App)': 'mobile',
  'Voice Inbound (Mobile)': 'mobile',
  'Voice Inbound (Web)': 'mobile',
  'Voice Inbound (IVR)': 'ivr',
  'Voice Inbound (IVR using Mobile)': 'ivr',
  'Voice Inbound (PSTN)': 'ivr',
  'Voice Inbound (API)': 'ivr',
  'Voice Inbound (Direct)': 'direct',
  'Voice Inbound (Extension)': 'direct',
  'Voice Inbound (IVR via Mobile)': 'ivr',
  'Voice Outbound': 'outbound',
  'Voice Outbound (API)': 'outbound',
  'Voice Scheduled (API)': 'scheduled',
  'Voice Internal': 'internal',
  'Voice Campaign': 'campaign',
};

const familyOf = (type: unknown) => computeCallSegments({ call_type: type }).family;

describe('a call to a direct number', () => {
  const direct = { call_type: 'Voice Inbound (Direct)' };

  it('has a queue if it shows one', () => {
    expect(metricsOf({ ...FINISHED, ...direct })).toEqual(NO_IVR);
    expect(metricsOf({ ...CONNECTED, ...direct })).toMatchObject({ queue_time: '35 ok', wait_time: '35 ok' });
  });

  it('has none if it shows none, also while it lasts', () => {
    const none = { queue_time: 'not_applicable', wait_time: 'not_applicable' };
    expect(metricsOf({ ...FINISHED, ...direct, queued_at: null })).toMatchObject(none);
    expect(metricsOf({ ...CONNECTED, ...direct, queued_at: null })).toMatchObject(none);
  });
});

describe('families of call types', () => {
  it('are cached for the usual types, whose names need not be parsed', () => {
    expect(Object.fromEntries(USUAL_TYPES)).toEqual(USUAL);
  });

  it('define whether calls can have a menu and a queue', () => {
    const none = { ivr: false, queue: false };
    const noMenu = { ivr: false, queue: true };
    const all = { ivr: true, queue: true };
    expect(FAMILY_SEGMENTS).toEqual({
      internal: none,
      direct: { ivr: false, queue: 'if shown' },
      campaign: noMenu,
      outbound: none,
      scheduled: noMenu,
      mobile: noMenu,
      ivr: all,
      other: all,
      chat: noMenu,
    });
  });

  it.each([
    ['Voice Internal', 'internal'],
    ['DirectCall', 'outbound'],
    ['Voice Inbound (Direct)', 'direct'],
    ['Voice Inbound (Extension)', 'direct'],
    ['Voice Inbound v2 (Direct)', 'direct'],
    ['NotDirectCall', 'other'],
    ['DirectCalling', 'other'],
    ['Voice Outbound (Direct)', 'outbound'],
    ['Voice Outbound (UCaaS)', 'outbound'],
    ['Not Voice Internal', 'other'],
    ['Voice Internally', 'other'],
    ['IvrCalling', 'other'],
    ['Voice Campaign', 'campaign'],
    ['Voice Campaign Outbound (Progressive)', 'campaign'],
    ['Voice Inbound Campaign (IVR)', 'campaign'],
    ['Voice Outbound', 'outbound'],
    ['Voice Outbound (API)', 'outbound'],
    ['Voice Outbound Scheduled', 'outbound'],
    ['OutboundCall', 'outbound'],
    ['Voice Scheduled (API)', 'scheduled'],
    ['Voice Callback (Web)', 'scheduled'],
    ['Voice callback (Web)', 'scheduled'],
    ['Voice Inbound Callback (IVR)', 'scheduled'],
    ['ScheduledCall', 'scheduled'],
    ['Voice Inbound (App)', 'mobile'],
    ['Voice Inbound (Mobile)', 'mobile'],
    ['Voice Inbound (Web)', 'mobile'],
    ['VOICE INBOUND (WEB)', 'mobile'],
    ['Voice Inbound (IVR)', 'ivr'],
    ['Voice Inbound (PSTN)', 'ivr'],
    ['Voice inbound (PSTN)', 'ivr'],
    ['Voice Inbound (API)', 'ivr'],
    ['Voice Inbound (IVR using Mobile)', 'ivr'],
    ['Voice Inbound (IVR) (v2)', 'ivr'],
    ['Voice Inbound v2 (PSTN)', 'ivr'],
    ['Voice Inbound v2 (API)', 'ivr'],
    ['Voice Inbound v2 (IVR using Mobile)', 'ivr'],
    ['Voice inbound (IVR by Mobile)', 'ivr'],
    ['Voice Inbound (IVR via Mobile)', 'ivr'],
    ['Voice Inbound v2 (App)', 'mobile'],
    ['Voice Inbound v2 (Mobile)', 'mobile'],
    ['IvrCall', 'ivr'],
    ['Voice Inbound', 'other'],
    ['Voice Inbound (Carrier Pigeon)', 'other'],
    ['Voice (IVR)', 'other'],
    ['Voice (App)', 'other'],
    ['Voice Internal (v2)', 'other'],
    ['NewIvrCall', 'other'],
    ['', 'other'],
    [null, 'other'],
    [7, 'other'],
  ])('%s is %s', (type, family) => {
    expect(familyOf(type)).toBe(family);
  });

  it('are read from session_type_v2 if it is present', () => {
    const types = { session_type_v2: 'Voice Outbound', call_type: 'Voice Inbound (IVR)' };
    expect(computeCallSegments(types)).toMatchObject({ family: 'outbound', call_type: 'Voice Outbound' });
    for (const session_type_v2 of [null, '', 3])
      expect(computeCallSegments({ ...types, session_type_v2 })).toMatchObject({
        family: 'ivr',
        call_type: 'Voice Inbound (IVR)',
      });
    expect(computeCallSegments({})).toMatchObject({ family: 'other', call_type: null });
  });

  it.each([
    ['Voice Inbound (API)', 'scheduled'],
    ['Voice Inbound (App)', 'scheduled'],
    ['Voice Inbound v2 (App)', 'scheduled'],
    ['Something', 'scheduled'],
    [null, 'scheduled'],
    ['Voice Internal', 'internal'],
    ['Voice Campaign', 'campaign'],
    ['Voice Outbound', 'outbound'],
    ['Voice Scheduled (API)', 'scheduled'],
  ])('%s with scheduled_at is %s', (call_type, family) => {
    expect(computeCallSegments({ call_type, scheduled_at: at('10:00:00') }).family).toBe(family);
  });

  it.each([
    ['Voice Scheduled (API)', null, 'campaign'],
    ['Voice Inbound (API)', at('10:00:00'), 'campaign'],
    ['Voice Inbound (API)', null, 'ivr'],
    ['Voice Outbound', at('10:00:00'), 'outbound'],
  ])('%s scheduled at %s with a contact of a campaign is %s', (call_type, scheduled_at, family) => {
    const participants = [{ type: 'campaign_contact', connected_at: null }];
    expect(computeCallSegments({ call_type, scheduled_at, participants }).family).toBe(family);
  });

  it('are not decided by a scheduled_at that is not a timestamp', () => {
    const call = { ...FINISHED, scheduled_at: 'tomorrow' };
    expect(computeCallSegments(call).family).toBe('ivr');
    expect(anomaliesOf(call)).toEqual(['bad_timestamp:scheduled_at']);
  });
});

describe('segments that a family does not have', () => {
  it.each([
    ['Voice Internal', 'internal'],
    ['Voice Campaign', 'campaign'],
    ['Voice Outbound', 'outbound'],
    ['Voice Scheduled (API)', 'scheduled'],
    ['Voice Inbound (App)', 'mobile'],
    ['Voice Inbound (IVR)', 'ivr'],
    ['Carrier Pigeon', 'other'],
  ] as const)('%s', (call_type, family) => {
    expect(metricsOf({ ...FINISHED, call_type })).toEqual(FAMILIES[family]);
    const open = { ...FAMILIES[family] };
    for (const metric of ['billing_time', 'call_time', 'handle_time', 'talk_time', 'hold_time'] as const)
      open[metric] = 'pending';
    for (const metric of ['transfer_time', 'conference_time', 'third_party_talk_time'] as const)
      open[metric] = 'pending';
    expect(metricsOf({ ...CONNECTED, call_type })).toEqual(open);
  });

  it('are not applicable even if their times contradict each other', () => {
    const call = { ...FINISHED, call_type: 'Voice Outbound', queued_at: at('10:03:00'), created_at: at('10:04:00') };
    expect(metricsOf(call)).toEqual({
      ...NO_QUEUE,
      billing_time: '125 ok',
      call_time: '125 ok',
      ring_time: 'inconsistent',
      handle_time: 'inconsistent',
    });
    expect(anomaliesOf(call)).toEqual([
      'implausible:assigned_at',
      'implausible:connected_at',
      'implausible:participants[].connected_at',
      'implausible:queued_at',
    ]);
  });

  it('are not applicable even while the call is open and shows nothing yet', () => {
    expect(metricsOf({ call_type: 'Voice Inbound (App)' })).toEqual({
      ...everyMetric('pending'),
      ivr_time: 'not_applicable',
    });
  });
});

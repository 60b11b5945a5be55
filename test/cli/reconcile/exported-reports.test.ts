import { describe, expect, it } from 'vitest';
import { PORTAL_REPORTS } from '../../../catalog/portal-reports.ts';
import type { Reconciliation } from '../../../cli/reconcile/reconciliation.ts';
import type { ExportHabits } from '../../support/portal-habits.ts';
import { listDifferences, listReasons, useReconciledLake } from './reconciled-lake.ts';

const lake = useReconciledLake();

/** Reports of no channel, of calls only, or of voicemails, which chats do not have. */
const NOT_OF_CHATS = /^(agent-activity|campaign|voicemail)/;

const listAll = (result: Reconciliation) => ({
  differ: listDifferences(result),
  here: listReasons(result.only_here),
  there: listReasons(result.only_there),
});
const AGREES = { differ: {}, here: {}, there: {} };

describe.each(['call', 'chat'] as const)('an export of %ss', (channel) => {
  const reports = PORTAL_REPORTS.filter(({ name }) => channel === 'call' || !NOT_OF_CHATS.test(name));

  it.each(reports)('of $title has its columns in their order, and agrees', async ({ name, columns }) => {
    const result = await lake().compare(name, {}, { channel });
    expect(listAll(result)).toEqual(AGREES);
    expect(result.rows.joined).toBeGreaterThan(1);
    const found = [...result.columns, ...result.words];
    const [head = ''] = lake().write(name, {}, { channel }).split('\r\n');
    const order = head.split(',').flatMap((title) => found.find(({ header }) => header === title)?.column ?? []);
    expect(order).toEqual(Object.keys(columns));
  });
});

/** What an export does differently, and the differences that it makes by column and reason. */
type Case = readonly [report: string, habits: ExportHabits, differences: readonly string[]];

/** Checks that these and no others are the differences of joined rows. @returns how many rows each has */
async function expectDifferences([report, habits, differences]: Case, options = {}) {
  const result = await lake().compare(report, habits, options);
  const found = listDifferences(result);
  expect(Object.keys(found).toSorted()).toEqual(differences.toSorted());
  expect([result.only_here.rows, result.only_there.rows]).toEqual([0, 0]);
  return found;
}

describe('talk and handle time by another definition', () => {
  it.each([
    ['talk_time hold_in_talk', { holdInTalk: true }, { talk: 'with_hold' }],
    ['handle_time double_hold', { handle: 'double_hold' }, { handle: 'double_hold' }],
  ] as const)('is recognised for each interaction as %s, and settled', async (difference, habits, parameters) => {
    await expectDifferences(['agent-interactions', habits, [difference]]);
    expect(listAll(await lake().compare('agent-interactions', habits, { parameters }))).toEqual(AGREES);
  });

  it('is recognised without wrap-up, which is unknown if the API does not list it', async () => {
    const habits = { handle: 'hold' } as const;
    const differences = ['handle_time without_wrap_up', 'handle_time derived_source'];
    await expectDifferences(['agent-interactions', habits, differences]);
  });

  it.each<Case & readonly unknown[]>([
    ['agent-interaction-summary', { holdInTalk: true }, ['talk_time hold_in_talk']],
    ['performance-agents', { handle: 'double_hold' }, ['handle_time double_hold', 'handle_time unknown_here']],
    ['campaign-summary', { predictive: true }, ['talk_time before_call_in_talk']],
  ])('is recognised in totals and averages of %s', async (report, habits, differences) => {
    await expectDifferences([report, habits, differences.flatMap((one) => [`total_${one}`, `avg_${one}`])]);
  });

  it('is recognised for campaigns whose talk has the before-call work in it, and settled', async () => {
    const habits = { predictive: true } as const;
    await expectDifferences(['campaign-detailed', habits, ['talk_time before_call_in_talk']]);
    const settled = { parameters: { mode: 'predictive' } };
    for (const report of ['campaign-detailed', 'campaign-summary'])
      expect(listAll(await lake().compare(report, habits, settled))).toEqual(AGREES);
  });

  it('is recognised for chats, whose Performance Metrics are documented without wrap-up, and settled', async () => {
    const habits = { handle: 'hold' } as const;
    const differences = ['avg_handle_time without_wrap_up', 'total_handle_time without_wrap_up'];
    await expectDifferences(['performance-queues', habits, differences], { channel: 'chat' });
    const settled = { channel: 'chat', parameters: { handle: 'hold' } } as const;
    expect(listAll(await lake().compare('performance-queues', habits, settled))).toEqual(AGREES);
  });
});

describe('the last agent only', () => {
  it('leaves the other agents of a session out of Interaction Detail by Agent', async () => {
    const result = await lake().compare('agent-interactions', { lastAgentOnly: true });
    const left = result.rows.here - result.rows.joined;
    expect(left).toBeGreaterThan(20);
    expect(listAll(result)).toEqual({ differ: {}, here: { last_agent_only: left }, there: {} });
  });
});

describe('statuses that ran on after the logout', () => {
  it('are named in the timeline, row by row', async () => {
    const ended = ['ended_at past_logout', 'duration past_logout'];
    const found = await expectDifferences(['agent-activity-timeline', { pastLogout: true }, ended]);
    expect(found['ended_at past_logout']).toBeGreaterThan(5);
  });

  it('are named where an agent has one, and only in columns of statuses', async () => {
    const summary = await lake().compare('agent-activity-summary', { pastLogout: true });
    expect(new Set(Object.keys(listDifferences(summary)).map((key) => key.split(' ')[1]))).toEqual(
      new Set(['past_logout']),
    );
    expect(listDifferences(summary)['login_time past_logout']).toBeGreaterThan(5);
    const metrics = Object.keys(listDifferences(await lake().compare('performance-agents', { pastLogout: true })));
    expect(metrics).toEqual(
      expect.arrayContaining(['occupancy_percent past_logout', 'wrap_up_status_time past_logout']),
    );
    expect(metrics.filter((key) => !key.endsWith(' past_logout'))).toEqual([]);
  });
});

describe('another zone', () => {
  it.each([
    ['agent-activity-timeline', -300, 'America/Jamaica'],
    ['agent-interactions', 330, 'Asia/Kolkata'],
    ['virtual-agent-detail', 120, 'Africa/Cairo'],
    ['virtual-agent-escalations', 120, 'Africa/Cairo'],
  ])('is the reason in %s, and the right one settles it', async (report, offset, zone) => {
    const result = await lake().compare(report, { offset });
    const { differ, here, there } = listAll(result);
    expect([...Object.keys(differ), ...Object.keys(here)].filter((key) => !key.endsWith('zone'))).toEqual([]);
    expect(there).toEqual({});
    expect(differ['started_at zone']).toBe(result.rows.joined);
    expect(result.shift_minutes).toBe(offset);
    expect(listAll(await lake().compare(report, { offset }, { zone }))).toEqual(AGREES);
  });

  it('cannot be meant by Voicemail Details, which are in UTC', async () => {
    const differences = await expectDifferences(['voicemail-details', { offset: 120 }, ['started_at zone']]);
    expect(differences['started_at zone']).toBeGreaterThan(5);
    // days are those of the zone: one voicemail was left shortly before midnight in UTC
    const chosen = await lake().compare('voicemail-details', {}, { zone: 'Africa/Cairo' });
    expect(listAll(chosen)).toEqual({ differ: {}, here: {}, there: { other_day: 1 } });
  });
});

describe('settings of the company', () => {
  it('short abandons are hidden from distinct entries', async () => {
    const columns = [
      'queue_entries',
      'queue_abandons',
      'avg_queue_abandon_time',
      'queue_abandon_rate_percent',
      'short_abandons',
      'long_abandons',
    ];
    const habits = { short: 60 };
    await expectDifferences(['queue-summary-distinct', habits, columns.map((name) => `${name} short_abandon`)]);
    const settled = { parameters: { short: '60', short_abandons: 'out' } };
    expect(listAll(await lake().compare('queue-summary-distinct', habits, settled))).toEqual(AGREES);
  });

  it('short abandons are hidden from the volume of a type', async () => {
    const columns = ['share_percent', 'total_volume', 'volume_per_hour', 'abandoned'];
    await expectDifferences(['performance-types', { short: 40 }, columns.map((name) => `${name} short_abandon`)]);
  });

  it('callers who left in the menu are in the volume', async () => {
    const columns = ['share_percent', 'total_volume', 'volume_per_hour'];
    const habits = { menuAbandons: true } as const;
    await expectDifferences(['performance-types', habits, columns.map((name) => `${name} menu_abandon`)]);
    const settled = { parameters: { menu_abandons: 'in' } };
    expect(listAll(await lake().compare('performance-types', habits, settled))).toEqual(AGREES);
  });

  it('voicemails are read when they are listened to', async () => {
    const habits = { listened: true } as const;
    await expectDifferences(['voicemail-details', habits, ['read listened']]);
    await expectDifferences(['performance-queues', habits, ['voicemail_read listened']]);
    const settled = { parameters: { read: 'listened' } };
    expect(listAll(await lake().compare('voicemail-details', habits, settled))).toEqual(AGREES);
  });

  it('occupancy is a share of busy and available time', async () => {
    const habits = { ofTotal: true } as const;
    await expectDifferences(['performance-agents', habits, ['occupancy_percent busy_and_available']]);
    const settled = { parameters: { occupancy: 'total' } };
    expect(listAll(await lake().compare('performance-agents', habits, settled))).toEqual(AGREES);
  });

  it('calls of the type Voice Scheduled (API) are of campaigns', async () => {
    const habits = { scheduledApi: true } as const;
    const result = await lake().compare('campaign-detailed', habits);
    const others = result.rows.there - result.rows.joined;
    expect(others).toBeGreaterThan(3);
    expect(listAll(result)).toEqual({ differ: {}, here: {}, there: { scheduled_api: others } });
    const settled = { parameters: { campaigns: 'with_scheduled_api' } };
    expect(listAll(await lake().compare('campaign-detailed', habits, settled))).toEqual(AGREES);
  });
});

describe('what was still open when lake and export were made', () => {
  // a virtual agent, a campaign and two agents were busy
  const morning = useReconciledLake(11.0375);
  const habits = { finishedOnly: true } as const;
  const early = { isEarly: true } as const;

  it.each([
    ['agent-interactions', 2],
    ['agent-activity-timeline', 16],
    ['virtual-agent-detail', 1],
    ['campaign-detailed', 1],
  ])('is missing from the rows of %s', async (report, open) => {
    const result = await morning().compare(report, habits, early);
    expect(listAll(result)).toEqual({ differ: {}, here: { still_open: open }, there: {} });
  });

  it.each([
    ['virtual-agent-summary', 'total_interactions'],
    ['campaign-disposition', 'total_volume'],
    ['campaign-summary', 'total_volume'],
    ['agent-interaction-summary', 'handled_calls'],
  ])('is missing from the sums of %s', async (report, column) => {
    const differences = Object.keys(listDifferences(await morning().compare(report, habits, early)));
    expect(differences).toContain(`${column} still_open`);
    expect(differences.filter((key) => !key.endsWith(' still_open'))).toEqual([]);
  });

  it('is in the sums of statuses until then', async () => {
    expect(listAll(await morning().compare('agent-activity-summary', {}, early))).toEqual(AGREES);
    const later = await morning().compare('agent-activity-summary');
    expect(listDifferences(later)['offline still_open']).toBeGreaterThan(0);
  });
});

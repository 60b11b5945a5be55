import type { CurationAnswer } from '../../lambdas/curation/curate.ts';
import type { CurationEvent } from '../../lambdas/curation/curation-event.ts';
import type { ReplaySummary } from '../../lambdas/replay/replay.ts';
import type { ReplayEvent } from '../../lambdas/replay/replay-event.ts';
import type { PlanEvent } from '../../lambdas/runs/backfill-order.ts';
import type { BackfillPlan } from '../../lambdas/runs/backfill-plan.ts';
import type { Figure } from './bench-figure.ts';
import { Setting } from './setting.ts';

const CALLS = 100_000;

/** Peak memory of the functions that no schedule of an endpoint starts, and what a replay takes. */
export async function functionFigures(): Promise<Figure[]> {
  await using setting = await Setting.start({
    endpoint: 'call',
    records: CALLS,
    requestsPerSecond: null,
    latencyMs: 0,
    rate: 200,
    // 20,000 a day: as many as a replay takes at a time
    apartMs: 4_320,
  });
  const { summary } = await setting.invoke();
  if (summary.records !== CALLS) throw new Error(`${summary.records} calls of ${CALLS} were taken`);
  const replay = await setting.invokeOther<ReplaySummary>('replay', 'replay', {
    endpoint: 'call',
    tenant: 'bench',
  } satisfies ReplayEvent);
  if (replay.summary.report?.records !== CALLS) throw new Error(`replayed: ${JSON.stringify(replay.summary)}`);
  const created: CurationEvent = { action: 'created', table: 'curated_call', shape: 'bench', run: 'bench' };
  await setting.invokeOther<CurationAnswer>('curate', 'curation', created);
  const next: CurationEvent = {
    action: 'next',
    table: 'curated_call',
    tenant: 'bench',
    endpoint: 'call',
    zone: 'raw',
    merge: 'of {{days}}',
  };
  const curate = await setting.invokeOther<CurationAnswer>('curate', 'curation', next);
  if (curate.summary.next !== 'merge') throw new Error(`to curate: ${JSON.stringify(curate.summary)}`);
  const plan = await setting.invokeOther<BackfillPlan>('plan-backfill', 'backfill', {
    order: { tenant: 'bench', endpoint: 'call', from: '2025-01-01T00:00:00Z', to: '2026-11-01T00:00:00Z' },
    scheduledTime: '2026-11-28T12:00:00Z',
    tenants: [{ tenant: setting.tenant, endpoints: ['call'] }],
    functions: { call: 'arn:aws:lambda:eu-central-1:123456789012:function:ccaip-call' },
  } satisfies PlanEvent);
  if (plan.summary.slices.length < 600) throw new Error(`${plan.summary.slices.length} slices were planned`);
  const what = `${CALLS.toLocaleString('en')} calls`;
  const peak = (name: string, { peakMegabytes }: { readonly peakMegabytes: number }, deployed: number): Figure => ({
    name: `peak memory of ${name}`,
    value: peakMegabytes,
    unit: 'MB',
    // a quarter stays free
    aim: { atMost: 0.75 * deployed },
  });
  return [
    peak(`a replay of ${what}`, replay, 1024),
    {
      name: `replay of ${what}: calls in a second of CPU`,
      value: Math.round(CALLS / replay.cpuSeconds),
      unit: 'calls',
    },
    peak(`the first step of curation after ${what}`, curate, 256),
    peak(`a plan of ${plan.summary.slices.length} slices`, plan, 256),
  ];
}

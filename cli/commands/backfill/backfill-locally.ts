import pMap from 'p-map';
import type { TimeRange } from '../../../lambdas/common/time-range.ts';
import { type LocalFunctions, startLocalFunctions } from '../../../local/runtime/local-functions.ts';
import type { BackfillProgress } from '../../deployment/backfill-progress.ts';
import { count } from '../../terminal/counting.ts';
import { CommandError } from '../../terminal/failure.ts';
import { createProgress, type Progress } from '../../terminal/progress.ts';
import type { Shell } from '../../terminal/shell.ts';
import { openRunTarget, type RunTarget } from '../run-target.ts';
import { tellWaits } from '../tell-waits.ts';
import { type BackfillNote, keep, readProgress, takeUp } from './backfill-note.ts';
import { type BackfillOptions, sliceRange, type Wanted } from './backfill-options.ts';

/** Backfills a range into a folder. @returns its final progress */
export async function backfillLocally(
  shell: Shell,
  wanted: Wanted,
  options: BackfillOptions,
): Promise<BackfillProgress> {
  // if nothing was ingested yet, no live run reads, so the backfill reads the whole range
  const target = await openRunTarget(shell, { ...options, since: wanted.to });
  try {
    return await backfillRange(shell, wanted, target, options);
  } finally {
    await target.close();
  }
}

async function backfillRange(
  { stderr }: Shell,
  wanted: Wanted,
  target: RunTarget,
  options: BackfillOptions,
): Promise<BackfillProgress> {
  const { sliceHours } = options;
  const [range, slices] = sliceRange(wanted, sliceHours, target.now);
  const functions = await startLocalFunctions({
    folder: options.dir,
    secrets: target.secrets,
    tenants: [target.tenant],
  });
  const stop = () => functions.interrupt();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const stopListening = tellWaits((sentence) => stderr.write(`${sentence}\n`));
  try {
    await target.claim();
    const fresh = {
      ...{ tenant: target.tenant.name, endpoint: wanted.endpoint.name, ...range, sliceHours, slices: slices.length },
      ...{ done: [], records: 0, leftToLiveFrom: null },
    };
    const note = options.again ? fresh : await takeUp(options.dir, fresh);
    const progress = createProgress(stderr);
    await runSlices(functions, target, slices, note, options, progress);
    progress.stop();
    return readProgress(note);
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    stopListening();
    await functions.close();
  }
}

async function runSlices(
  functions: LocalFunctions,
  { tenant, now }: RunTarget,
  slices: readonly TimeRange[],
  note: BackfillNote,
  { dir, concurrency }: BackfillOptions,
  progress: Progress,
): Promise<void> {
  const step = progress.step(note.endpoint);
  const left = slices.filter(({ from }) => !note.done.includes(from));
  const event = { endpoint: note.endpoint, tenant, scheduledTime: new Date(now).toISOString() };
  let kept = Promise.resolve();
  await pMap(
    left,
    async (slice) => {
      let from = slice.from;
      for (let outcome = 'more'; outcome !== 'done'; ) {
        if (functions.interrupted) throw new CommandError('stopped. Repeat the command to continue');
        const summary = await functions.invoke({ ...event, range: { from, to: slice.to } });
        note.records += summary.records;
        from = summary.reached ?? from;
        outcome = summary.outcome;
      }
      note.done.push(slice.from);
      if (from < slice.to && (note.leftToLiveFrom === null || from < note.leftToLiveFrom)) note.leftToLiveFrom = from;
      kept = kept.then(() => keep(dir, note));
      await kept;
      step.update(note.done.length / slices.length, count(note.records, 'record'));
    },
    { concurrency },
  );
  step.done(`${count(note.records, 'record')}, ${note.done.length} of ${count(slices.length, 'slice')}`);
}

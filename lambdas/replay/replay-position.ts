import * as z from 'zod/mini';
import { checkFormat } from '../common/format-version.ts';
import { isObject } from '../common/json.ts';
import { METRICS_VERSION } from '../segments/metric-results.ts';
import { createEmptyReport, replayReportSchema } from './replay-counts.ts';
import { type ReplayOptions, replayOptionsSchema } from './replay-event.ts';

/** Format of the position. */
const FORMAT = 1;

const replayPositionSchema = z.object({
  formatVersion: z.int(),
  options: replayOptionsSchema,
  /** Version of the deployed rules. */
  version: z.int(),
  /** Batches up to this one are done for all days. */
  after: z.int(),
  /** Batches up to this one belong to the current round; null before a round. */
  until: z.nullable(z.int()),
  /** Day and part that come next in this round. */
  day: z.string(),
  part: z.int(),
  done: z.boolean(),
  report: replayReportSchema,
});

/** The position of a replay. */
export type ReplayPosition = z.infer<typeof replayPositionSchema>;

/** Reads a stored position. @throws ConfigurationError if a newer release wrote it */
export function parseReplayPosition(text: string): ReplayPosition {
  const position: unknown = JSON.parse(text);
  checkFormat(isObject(position) ? position.formatVersion : undefined, FORMAT, 'position of a replay');
  return replayPositionSchema.parse(position);
}

/** Where to start: where an unfinished replay with the same options and rules stopped, otherwise at the beginning. */
export function chooseStart(options: ReplayOptions, stored: string | undefined): ReplayPosition {
  const known = stored === undefined ? undefined : parseReplayPosition(stored);
  if (known !== undefined && !known.done && known.version === METRICS_VERSION && isSame(known.options, options))
    return known;
  return {
    formatVersion: FORMAT,
    options,
    version: METRICS_VERSION,
    after: 0,
    until: null,
    day: '',
    part: 0,
    done: false,
    report: createEmptyReport(),
  };
}

const isSame = (a: ReplayOptions, b: ReplayOptions) =>
  a.from === b.from && a.to === b.to && a.dryRun === b.dryRun && a.metricsVersion === b.metricsVersion;

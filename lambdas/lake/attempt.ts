import * as z from 'zod/mini';
import type { ObjectMetadata } from '../aws/s3-objects.ts';

/** An attempt of a run to write a batch. Each of its objects names it in its metadata, so that a rebuild sees whether all are there. */
export interface Attempt {
  readonly run: string;
  /** Number of raw and quarantine objects. */
  readonly objects: number;
}

const metadataSchema = z.object({ 'batch-run': z.string(), 'batch-objects': z.string().check(z.regex(/^\d+$/)) });

export const formatAttempt = ({ run, objects }: Attempt): ObjectMetadata => ({
  'batch-run': run,
  'batch-objects': String(objects),
});

/** The attempt that metadata names; undefined if it names none. */
export function parseAttempt(metadata: ObjectMetadata): Attempt | undefined {
  const parsed = metadataSchema.safeParse(metadata).data;
  return parsed && { run: parsed['batch-run'], objects: Number(parsed['batch-objects']) };
}

import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { type BackfillProgress, findReached } from '../../deployment/backfill-progress.ts';

/** Folder with one file for each backfill. */
const FOLDER = 'backfills';

const noteSchema = z.object({
  tenant: z.string(),
  endpoint: z.string(),
  from: z.string(),
  to: z.string(),
  sliceHours: z.number(),
  slices: z.number(),
  /** Starts of the slices that are done. */
  done: z.array(z.string()),
  records: z.number(),
  /** Time from which live runs read, if it is before the end. */
  leftToLiveFrom: z.string().nullable(),
});

/** Stored progress of a backfill into a folder. */
export type BackfillNote = z.infer<typeof noteSchema>;

const nameOf = ({ tenant, endpoint, from, to, sliceHours }: BackfillNote) =>
  `${[tenant, endpoint, from, to, sliceHours].join('_').replaceAll(':', '')}.json`;

/** Reads the stored progress of the same backfill, or returns the new one. */
export async function takeUp(dir: string, fresh: BackfillNote): Promise<BackfillNote> {
  try {
    return noteSchema.parse(JSON.parse(await readFile(join(dir, FOLDER, nameOf(fresh)), 'utf8')));
  } catch {
    return fresh;
  }
}

export async function keep(dir: string, note: BackfillNote): Promise<void> {
  const file = join(dir, FOLDER, nameOf(note));
  await mkdir(join(dir, FOLDER), { recursive: true });
  await writeFile(`${file}.new`, `${JSON.stringify(note, null, 2)}\n`);
  await rename(`${file}.new`, file);
}

/** Lists every backfill of a folder, ordered by name. */
export async function readBackfills(dir: string): Promise<BackfillNote[]> {
  const files = await readdir(join(dir, FOLDER)).catch(() => []);
  const notes = files.filter((file) => file.endsWith('.json')).sort();
  return Promise.all(
    notes.map(async (file) => noteSchema.parse(JSON.parse(await readFile(join(dir, FOLDER, file), 'utf8')))),
  );
}

/** Converts stored progress for display. */
export const readProgress = (note: BackfillNote): BackfillProgress => ({
  ...note,
  done: note.done.toSorted(),
  state: note.done.length === note.slices ? 'done' : 'open',
  running: 0,
  failed: 0,
  upTo: findReached(note),
  error: null,
});

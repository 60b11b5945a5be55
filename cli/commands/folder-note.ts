import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { readErrorCode } from '../../local/aws/local-aws-error.ts';
import { CommandError } from '../terminal/failure.ts';

/** A file that describes the content of a folder of local runs. */
const FILE = 'ccaip.json';

const noteSchema = z.object({
  /** `demo` means that only the demo wrote into the folder, so the demo can replace it. */
  content: z.enum(['demo', 'runs']),
  /** The ingested simulated contact centre, if there is one. */
  simulation: z
    .object({ seed: z.int(), start: z.string(), days: z.number(), seats: z.int(), callsPerDay: z.number() })
    .optional(),
  /** Where the history of tails starts (ISO 8601, UTC): by tenant and endpoint. */
  history: z.record(z.string(), z.record(z.string(), z.string())).optional(),
});

export type FolderNote = z.infer<typeof noteSchema>;

/** Reads the description of a folder. Returns undefined if there is none. */
export async function readNote(folder: string): Promise<FolderNote | undefined> {
  try {
    return noteSchema.parse(JSON.parse(await readFile(join(folder, FILE), 'utf8')));
  } catch {
    return undefined;
  }
}

export async function writeNote(folder: string, note: FolderNote): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, FILE), `${JSON.stringify(note, null, 2)}\n`);
}

/**
 * Empties the folder of an earlier demo.
 * @throws CommandError if anything else is in it
 */
export async function clearDemoFolder(folder: string): Promise<void> {
  const files = await readdir(folder).catch((error: unknown) => {
    if (readErrorCode(error) === 'ENOENT') return [];
    throw new CommandError(`cannot read ${folder} (${readErrorCode(error)}). Choose another folder with --dir`);
  });
  if (files.length === 0) return;
  if ((await readNote(folder))?.content !== 'demo')
    throw new CommandError(
      `${folder} holds something other than an earlier demo. Choose another folder with --dir, or remove it yourself`,
    );
  await rm(folder, { recursive: true });
}

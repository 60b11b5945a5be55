import type { Endpoint } from '../../../catalog/index.ts';
import { Ledger } from '../../../lambdas/ledger/ledger.ts';
import type { LocalFunctions } from '../../../local/runtime/local-functions.ts';
import { readBackfills, readProgress } from '../backfill/backfill-note.ts';
import { readNote, writeNote } from '../folder-note.ts';
import type { RunTarget } from '../run-target.ts';
import { readCheckpoint } from './endpoint-run.ts';

interface History {
  readonly functions: LocalFunctions;
  readonly target: RunTarget;
  readonly dir: string;
  readonly endpoints: readonly Endpoint[];
}

/** A range that `--since` asks for and that no run reads, because the endpoint has a cursor already. */
export interface MissingRange {
  readonly endpoint: string;
  /** ISO 8601, UTC. */
  readonly from: string;
  readonly to: string;
}

/**
 * Notes in the folder where the history of each tail starts that has no cursor yet: from its first record on, `--since` has no effect.
 * Call it before the run.
 */
export async function noteHistoryStart(history: History): Promise<void> {
  const { target, dir } = history;
  const { name, historyStart } = target.tenant;
  const note = await readNote(dir);
  if (note === undefined) return;
  const starts: Record<string, string> = { ...note.history?.[name] };
  for (const endpoint of listTails(history))
    if ((await findCursor(history, endpoint)) === null) starts[endpoint] = historyStart;
  await writeNote(dir, { ...note, history: { ...note.history, [name]: starts } });
}

/** What lies between `--since` and the history in the folder. Call it after the run. */
export async function findMissingRanges(history: History): Promise<readonly MissingRange[]> {
  const { target, dir } = history;
  const { name, historyStart: from } = target.tenant;
  const note = await readNote(dir);
  const backfills = (await readBackfills(dir)).filter(
    (backfill) => backfill.tenant === name && readProgress(backfill).state === 'done',
  );
  const missing: MissingRange[] = [];
  for (const endpoint of listTails(history)) {
    const start = note?.history?.[name]?.[endpoint] ?? (await findFirst(history, endpoint));
    if (start === null) continue;
    const to = extendBack(
      start,
      backfills.filter((backfill) => backfill.endpoint === endpoint),
    );
    if (from < to) missing.push({ endpoint, from, to });
  }
  return missing;
}

/** Where the history starts together with the ranges that were backfilled and reach up to it. */
function extendBack(start: string, ranges: readonly { readonly from: string; readonly to: string }[]): string {
  const before = ranges.find(({ from, to }) => from < start && to >= start);
  return before === undefined ? start : extendBack(before.from, ranges);
}

const listTails = ({ endpoints }: History) =>
  endpoints.filter(({ source }) => source.kind === 'tail').map(({ name }) => name);

async function findCursor({ functions, target }: History, endpoint: string): Promise<string | null> {
  const event = { endpoint, tenant: target.tenant, scheduledTime: new Date(target.now).toISOString() };
  return (await readCheckpoint(functions, event))?.cursor ?? null;
}

/** The first time that was read into a folder without a note; null if there is none. */
async function findFirst(history: History, endpoint: string): Promise<string | null> {
  const { functions, target } = history;
  const ledger = new Ledger(functions.aws.dynamodb, functions.stateTable, target.tenant.name);
  for await (const { from } of ledger.entriesAfter(endpoint, 0)) if (from !== null) return from;
  return findCursor(history, endpoint);
}

/** Arguments of the command that reads a missing range. */
interface BackfillArguments {
  readonly baseUrl?: string;
  readonly dir: string;
  readonly tenant: string;
  readonly rate?: number;
}

/** Says that `--since` has no effect, and how to read what is missing. */
export function describeMissing(missing: readonly MissingRange[], options: BackfillArguments): string {
  const names = missing.map(({ endpoint }) => endpoint).join(', ');
  const commands = missing.map((range) => `  ${formatBackfill(range, options)}`);
  return [
    `--since has no effect on ${names}: runs continue at the cursor. Read what is missing with`,
    ...commands,
  ].join('\n');
}

function formatBackfill(
  { endpoint, from, to }: MissingRange,
  { baseUrl, dir, tenant, rate }: BackfillArguments,
): string {
  const options = [
    ...(baseUrl === undefined ? [] : ['--base-url', baseUrl]),
    ...['--tenant', tenant, '--dir', dir, '--endpoint', endpoint, '--from', from, '--to', to],
    ...(rate === undefined ? [] : ['--rate', String(rate)]),
  ];
  return `ccaip backfill ${options.map(quote).join(' ')}`;
}

/** A word as a shell takes it. */
const quote = (word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

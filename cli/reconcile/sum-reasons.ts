import type { CellComparison } from './cell-comparison.ts';
import type { DifferenceReason } from './difference-reason.ts';
import type { HereRow } from './portal-rows.ts';
import { explainChoice } from './sum-choices.ts';

/** The cells of a row by column. */
export type Cells = ReadonlyMap<string, CellComparison>;

/** Columns that count entries, and those that count abandons among them. */
const ENTRIES = ['queue_interactions', 'queue_entries', 'total_volume'];
const ABANDONS = ['queue_abandons', 'abandoned', 'long_abandons'];

/** Columns that add up the time in a status. */
const STATUS_TIMES = new Set([
  'login_time',
  'available',
  'unavailable',
  'break',
  'special_task',
  'meal',
  'missed_call',
  'wrap_up',
  'in_call',
  'in_chat',
  'offline',
  'occupancy_percent',
  'wrap_up_status_time',
  'total_available_time',
  'in_call_time',
  'in_chat_time',
]);

/**
 * Explains why a sum differs. A count is explained by the facts that it may or may not contain. An average or a rate differs for the
 * same reason as the counts of its row.
 * @param isMoved whether the counts of a column only moved between the days of a queue
 */
export function explainSum(
  name: string,
  cells: Cells,
  here: HereRow,
  counts: readonly string[],
  isMoved: (name: string, here: HereRow) => boolean,
): DifferenceReason {
  if (cells.get(name)?.verdict === 'unreadable') return 'unreadable';
  const explain = (count: string) => explainCount(count, cells, here, isMoved);
  if (counts.includes(name)) return explain(name) ?? explainByRow(here);
  const choice = explainChoice(name, cells.get(name)?.there ?? null, here);
  if (choice !== null) return choice;
  const inherited = counts.filter((count) => cells.get(count)?.verdict === 'differ').map(explain);
  return inherited.find((reason) => reason !== null) ?? explainValue(name, here);
}

/** A share of the volume differs if the volume of another row does. */
export function explainShare(
  rows: readonly { readonly cells: Cells; readonly here: HereRow }[],
  counts: readonly string[],
): DifferenceReason {
  const other = rows.find(({ cells }) => cells.get('total_volume')?.verdict === 'differ');
  return other === undefined ? 'unexplained' : explainSum('total_volume', other.cells, other.here, counts, () => false);
}

function explainCount(
  name: string,
  cells: Cells,
  here: HereRow,
  isMoved: (name: string, here: HereRow) => boolean,
): DifferenceReason | null {
  const difference = subtract(cells, name);
  if (difference === 0) return null;
  if (isMoved(name, here)) return 'zone';
  const isOf = (column: string, sign: 1 | -1) =>
    readNumber(here, column) > 0 && difference === sign * readNumber(here, column);
  if (ENTRIES.includes(name) && (isOf('voicemails_left_out', 1) || isOf('voicemail_received', 1))) return 'voicemail';
  if (name === 'total_volume' && isOf('abandoned_in_menu', 1)) return 'menu_abandon';
  if (name === 'voicemail_read' && here.voicemail_listened === (cells.get(name)?.there ?? null)) return 'listened';
  const open = readNumber(here, 'open') + readNumber(here, 'zombies');
  if (open > 0 && (difference === -open || (name === 'total_volume' && difference === open))) return 'still_open';
  if (isOf('other_last_agent', -1)) return 'last_agent_only';
  return isShortAbandon(name, difference, cells) ? 'short_abandon' : null;
}

/** Hidden abandons are missing from the entries and from the abandons. Which ones are short is a setting. */
function isShortAbandon(name: string, difference: number, cells: Cells): boolean {
  if (name === 'short_abandons') return difference > 0;
  if (difference > 0 || ![...ENTRIES, ...ABANDONS].includes(name)) return false;
  const entries = ENTRIES.map((column) => subtract(cells, column)).find((missing) => missing !== 0);
  const abandons = subtract(cells, 'queue_abandons') + subtract(cells, 'abandoned');
  if (name === 'long_abandons' && subtract(cells, 'short_abandons') === -difference) return true;
  return entries !== undefined && abandons < 0 && entries === abandons;
}

function explainValue(name: string, here: HereRow): DifferenceReason {
  if (here[name] === null) return 'unknown_here';
  if (name.includes('handle') && readNumber(here, 'unknown_handle_times') > 0) return 'unknown_here';
  if (STATUS_TIMES.has(name)) {
    if (readNumber(here, 'cut_statuses') > 0) return 'past_logout';
    if (readNumber(here, 'open_statuses') > 0) return 'still_open';
  }
  if (name.includes('sla') && readNumber(here, 'queue_abandons') > 0) return 'abandon_in_service_level';
  return explainByRow(here);
}

const explainByRow = (here: HereRow): DifferenceReason =>
  readNumber(here, 'derived') > 0 ? 'derived_source' : 'unexplained';

/** Explains why a row of sums is only here: what it counts is not in the export at all. */
export function explainOnlyHereSum(here: HereRow): DifferenceReason {
  const entries = Math.max(...ENTRIES.map((column) => readNumber(here, column)));
  const isAll = (column: string, whole: number) => whole > 0 && readNumber(here, column) === whole;
  if (entries === 0 && readNumber(here, 'voicemails_left_out') > 0) return 'voicemail';
  if (isAll('queue_abandons', entries)) return 'short_abandon';
  if (isAll('open', entries)) return 'still_open';
  if (isAll('other_last_agent', readNumber(here, 'handled_calls'))) return 'last_agent_only';
  return explainByRow(here);
}

/** The number of the export minus ours. */
function subtract(cells: Cells, name: string): number {
  const { there, here } = cells.get(name) ?? { there: null, here: null };
  return there === null || here === null ? 0 : there - here;
}

const readNumber = (row: HereRow, column: string): number => (typeof row[column] === 'number' ? row[column] : 0);

import type { DifferenceReason } from './difference-reason.ts';
import type { HereRow } from './portal-rows.ts';

/** The portal shows whole seconds. Our average is rounded, too. */
const MAX_APART = 1.1;

/** Recognises the other meanings of the total or average of a length, and of occupancy. */
export function explainChoice(name: string, there: number | null, here: HereRow): DifferenceReason | null {
  if (there === null) return null;
  if (name === 'occupancy_percent') return explainOccupancy(there, readNumber(here, name));
  const [, kind = '', length = ''] = /^(avg|total)_(?:active_)?(talk|handle)_time$/.exec(name) ?? [];
  const total = readNumber(here, name.replace('avg_', 'total_'));
  const own = readNumber(here, name);
  if (own === 0 || total === 0) return null;
  // an average is of as many things as its total
  const things = kind === 'avg' ? total / own : 1;
  const isAbout = (seconds: number) => Math.abs(there - seconds / things) <= MAX_APART;
  const read = (...columns: readonly string[]) => Math.max(...columns.map((column) => readNumber(here, column)));
  const isMore = (part: number) => part / things > MAX_APART && isAbout(total + part);
  const hold = read('total_hold_time');
  const beforeCall = read('total_bcw_time');
  const wrapUp = read('total_wrap_up_time');
  if (length === 'talk') return isMore(hold) ? 'hold_in_talk' : isMore(beforeCall) ? 'before_call_in_talk' : null;
  if (isMore(hold)) return 'double_hold';
  // before-call work is part of the handle time, too
  const connected = read('total_talk_time', 'total_active_talk_time') + hold;
  return wrapUp / things > MAX_APART && [total - wrapUp, connected].some(isAbout) ? 'without_wrap_up' : null;
}

/** Ours is busy time as a share of available time. */
function explainOccupancy(there: number, here: number): DifferenceReason | null {
  return Math.abs(there - (100 * here) / (100 + here)) <= 0.1 ? 'busy_and_available' : null;
}

const readNumber = (row: HereRow, column: string): number => (typeof row[column] === 'number' ? row[column] : 0);

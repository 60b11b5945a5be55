import type { Quirks } from './quirks.ts';
import type { ApiRecord } from './render.ts';

const isRow = (value: unknown): value is ApiRecord => typeof value === 'object' && value !== null;

/** A call or chat with the known defects of `queue_durations` and `handle_durations`. @param path `calls` or `chats` */
export function alterDurationRows(quirks: Quirks, path: string, record: ApiRecord): ApiRecord {
  let altered = record;
  if (path === 'chats' && quirks.has('doubled-chat-durations'))
    altered = changeVisits(altered, (row) => {
      return typeof row.queue_duration === 'number' ? { ...row, queue_duration: 2 * row.queue_duration } : row;
    });
  if (quirks.has('queue-duration-zero'))
    altered = changeVisits(altered, (row) => {
      const isZero = row.queue_duration !== null && quirks.draw('queue-duration-zero', Number(row.id)) < 1 / 3;
      return isZero ? { ...row, queue_duration: 0 } : row;
    });
  if (quirks.has('duplicate-wrap-ups') && quirks.draw('duplicate-wrap-ups', Number(record.id)) < 1 / 3)
    altered = repeatLegs(altered);
  return altered;
}

function changeVisits(record: ApiRecord, change: (row: ApiRecord) => ApiRecord): ApiRecord {
  const { queue_durations } = record;
  if (!Array.isArray(queue_durations)) return record;
  return { ...record, queue_durations: queue_durations.map((row: unknown) => (isRow(row) ? change(row) : row)) };
}

/** Each row of an agent twice, with the same id. */
function repeatLegs(record: ApiRecord): ApiRecord {
  const { handle_durations } = record;
  if (!Array.isArray(handle_durations)) return record;
  return { ...record, handle_durations: handle_durations.flatMap((row: unknown) => [row, row]) };
}

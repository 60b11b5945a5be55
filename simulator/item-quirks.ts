import { alterDurationRows } from './duration-quirks.ts';
import type { Quirks } from './quirks.ts';
import { alterRecord, writeRecord } from './record-quirks.ts';
import type { ApiRecord } from './render.ts';
import type { Item } from './shelf.ts';
import { DAY, findMidnight, HOUR, MINUTE, roundToSeconds } from './time.ts';

/** Records of more than a megabyte. */
const HUGE_RECORDS = 16;

/** Calls and chats that begin this near to midnight are corrected, milliseconds. */
const NEAR_MIDNIGHT = 75 * MINUTE;

/** Share of the other calls and chats that are corrected by days. */
const CORRECTED = 1 / 6;

/** How long after the last change of a call or chat its `created_at` is corrected, and corrected again, milliseconds. */
const CORRECTED_AFTER = [20 * MINUTE, 5 * HOUR];

/** The items of a collection as a platform with these quirks has them. @param endMs end of the simulated days */
export function alterItems(quirks: Quirks, path: string, items: readonly Item[], endMs: number): readonly Item[] {
  const isConversation = path === 'calls' || path === 'chats';
  const bulkEdit = findMidnight(endMs - 1) + DAY / 2;
  const huge = path === 'calls' && quirks.has('huge-records') ? chooseHuge(quirks, items) : new Set();
  const outlasting = path === 'agent_activity_logs' ? chooseOutlasting(quirks, items) : new Set();
  return items.map((item) => {
    let altered = item;
    if (isConversation && quirks.has('created-at-corrected'))
      altered = correctCreatedAt(altered, listWrongTimes(quirks, altered));
    if (isConversation && quirks.has('bulk-edit')) altered = editAt(altered, bulkEdit, (record) => record);
    if (path === 'agent_activity_logs' && quirks.has('never-closed') && quirks.draw('never-closed', item.id) < 1 / 4)
      altered = leaveOpen(altered);
    if (isConversation) altered = show(altered, (record) => alterDurationRows(quirks, path, record));
    if (outlasting.has(item.id)) altered = runOn(altered, quirks);
    if (huge.has(item.id)) altered = show(altered, (record) => ({ ...record, note: 'x'.repeat(quirks.sizes.huge) }));
    if (quirks.has('late-records') && quirks.draw('late-records', item.id) < 1 / 3)
      altered = { ...altered, delay: Math.round((2 + 7 * quirks.draw('late-records', -item.id)) * MINUTE) };
    return {
      ...show(altered, (record) => alterRecord(quirks, record, true)),
      write: (record) => writeRecord(quirks, record),
    };
  });
}

function chooseHuge(quirks: Quirks, items: readonly Item[]): ReadonlySet<number> {
  const ids = items.map(({ id }) => id);
  const first = ids.indexOf(quirks.pick('huge-records', ids.slice(0, Math.max(1, 1 - HUGE_RECORDS + ids.length))) ?? 0);
  return new Set(ids.slice(first, first + HUGE_RECORDS));
}

const show = (item: Item, change: (record: ApiRecord, at: number) => ApiRecord): Item => ({
  ...item,
  render: (at) => change(item.render(at), at),
});

/** Changes a record once more. A record that is created later stays unchanged. */
function editAt(item: Item, at: number, change: (record: ApiRecord) => ApiRecord): Item {
  const { times, render } = item;
  if (at <= (times[0] ?? at) || times.includes(at)) return item;
  const isLast = (time: number) => time >= at && !times.some((other) => other > at && other <= time);
  return {
    ...item,
    times: [...times, at].sort((a, b) => a - b),
    render: (time) =>
      isLast(time) ? { ...change(render(time)), updated_at: new Date(at).toISOString() } : render(time),
  };
}

/**
 * What `created_at` is before it is right, one wrong time after the other: one on the other side of midnight, or one or two in other days.
 * The second one can follow the right time: then the record moves away and back.
 */
function listWrongTimes(quirks: Quirks, { id, times: [born = 0] }: Item): number[] {
  const midnight = findMidnight(born + DAY / 2);
  if (Math.abs(born - midnight) <= NEAR_MIDNIGHT) return [midnight + (born < midnight ? MINUTE : -MINUTE)];
  const drawn = quirks.draw('created-at-corrected', id) / CORRECTED;
  if (drawn >= 1) return [];
  const days = 1 + Math.floor(9 * quirks.draw('created-at-corrected', -id));
  const [earlier, later] = [born - days * DAY, born + days * DAY];
  if (drawn < 1 / 2) return [drawn < 1 / 4 ? earlier : later];
  return drawn < 3 / 4 ? [earlier, later] : [born, drawn < 7 / 8 ? earlier : later];
}

/** Shows wrong times of `created_at`, the last one until it is corrected. */
function correctCreatedAt(item: Item, wrong: readonly number[]): Item {
  const last = Math.max(...item.times);
  const corrections = wrong.map((time, index) => ({ time, until: last + (CORRECTED_AFTER[index] ?? 0) }));
  const corrected = corrections.reduce((edited, { until }) => editAt(edited, until, (record) => record), item);
  return show(corrected, (record, at) => {
    const shown = corrections.find(({ until }) => at < until);
    return shown === undefined ? record : { ...record, created_at: new Date(shown.time).toISOString() };
  });
}

/** Leaves a status without an end. */
const leaveOpen = (item: Item): Item => ({
  ...show(item, (record) => ({ ...record, ended_at: null, duration: null })),
  times: item.times.slice(0, 1),
});

/** Statuses that a logout ended: the row after it is the notification of the logout by the same agent. */
function chooseOutlasting(quirks: Quirks, items: readonly Item[]): ReadonlySet<number> {
  if (!quirks.has('status-after-logout')) return new Set();
  const last = new Map<unknown, number>();
  const chosen = new Set<number>();
  for (const item of items) {
    const { agent_id, activity } = item.render(item.times[0] ?? 0);
    if (activity === 'user_status_changed') last.set(agent_id, item.id);
    const status = last.get(agent_id);
    if (activity !== 'logout' || status === undefined) continue;
    if (quirks.draw('status-after-logout', status) < 1 / 3) chosen.add(status);
  }
  return chosen;
}

/** Leaves a status open for hours after it really ended. */
function runOn(item: Item, quirks: Quirks): Item {
  const [start = 0, end] = item.times;
  if (end === undefined) return item;
  const later = end + Math.round((1 + 9 * quirks.draw('status-after-logout', -item.id)) * HOUR);
  const ended = { ended_at: new Date(later).toISOString(), duration: roundToSeconds(later - start) };
  const { render } = item;
  return { ...item, times: [start, later], render: (at) => (at < later ? render(start) : { ...render(at), ...ended }) };
}

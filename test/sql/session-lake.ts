import type { Channel } from '../../catalog/facts.ts';
import { segmentSession, toSegmentRecord } from '../../lambdas/segments/segment-record.ts';
import { loadNamedQueries } from '../../sql/queries/named-queries.ts';
import { fillParameters } from '../../sql/queries/parameters.ts';
import { DAY, type Objects, objectKey, origin } from './lake-of-lines.ts';

const queries = await loadNamedQueries();

/** The text of a named query for the fixture's day, or for other days and values. */
export function textOf(name: string, parameters: Readonly<Record<string, string>> = {}): string {
  const query = queries.find((each) => each.name === name);
  if (query === undefined) throw new Error(`there is no question ${name}`);
  const days = query.parameters.some((parameter) => parameter.name === 'from') ? { from: DAY, to: DAY } : {};
  return fillParameters(query, { ...days, ...parameters });
}

/** The objects of calls or chats as the API sent them, and of the facts that ingestion computes from them. */
export function sessionObjects(channel: Channel, records: readonly Record<string, unknown>[]): Objects {
  const days = Map.groupBy(records, ({ created_at }) => String(created_at).slice(0, 10));
  return Object.fromEntries(
    [...days].flatMap(([dt, group]) => {
      const lines = group.map((record) => ({ updated_at: record.created_at, ...record }));
      const facts = lines.map((record) => ({
        ...toSegmentRecord(
          segmentSession(channel, { record, dt, extractedAt: `${dt}T23:00:00.000Z`, batch: '0000000001' }),
        ),
        ...origin('23:00'),
      }));
      return [
        [objectKey(`raw/${channel}`, 1, { dt }), lines.map((record) => ({ ...record, ...origin('23:00') }))],
        [objectKey(channel === 'call' ? 'segments' : 'segments/chat', 1, { dt }), facts],
      ];
    }),
  );
}

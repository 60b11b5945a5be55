import { type Endpoint, findEndpoint } from '../../../catalog/index.ts';
import { parseRecordId } from '../../../catalog/record-id.ts';
import { parseTimestamp } from '../../../catalog/timestamp.ts';
import type { AuditedLake, DatedRecord, NestedDay } from '../../../lambdas/audit/audited-lake.ts';
import type { Simulation, TenantState } from '../chaos-simulation.ts';
import { groupBy, isMark, linesBelow, newest, type RawLine, rawLines } from './lake-view.ts';
import { countChildren } from './nested-law.ts';
import { readQuarantine } from './unreadable-law.ts';

/** Sessions that are computed again. */
const SAMPLE = 20;

/** A line of the newest version of a record. */
interface NewestLine {
  readonly id: string;
  readonly line: RawLine;
}

/** Answers of a tenant's lake for an audit, as the views would give them. */
export function createChaosLake({ aws, watch }: Simulation, { tenant: { name: tenant } }: TenantState): AuditedLake {
  const { objects } = aws.s3;
  const linesOf = (endpoint: string) => rawLines(objects, watch.committed, tenant, endpoint);
  const newestOf = (endpoint: Endpoint) => listNewest(cursorOf(endpoint), linesOf(endpoint.name), 'id');
  const segmentsOf = ({ channel }: Endpoint) => {
    const folder = `segments/${channel === 'chat' ? 'chat/' : ''}tenant=${tenant}/dt=`;
    const lines = linesBelow(objects, watch.committed, folder);
    const computed = listNewest('updated_at', lines, `${channel}_id`);
    return new Map(computed.map(({ id, line }) => [`${line.dt} ${id}`, line]));
  };
  return {
    readTail: async (endpoint, days) => {
      const segments = endpoint.channel === undefined ? undefined : segmentsOf(endpoint);
      const cursor = cursorOf(endpoint);
      return newestOf(endpoint)
        .filter(({ line }) => days.includes(line.dt))
        .map(({ id, line }): DatedRecord => {
          const at = parseTimestamp(line.record[cursor]) ?? Number.NaN;
          const computed = segments?.get(`${line.dt} ${id}`);
          const hasSegments = segments && parseTimestamp(computed?.record.updated_at) === at;
          return { id, at, batch: Number(line.batch), dt: line.dt, hasSegments };
        });
    },
    readSnapshot: async ({ name }) =>
      newest(null, linesOf(name))
        .filter((line) => !isMark(line))
        .map(({ record, text, extractedAt }) => ({
          id: String(parseRecordId(record.id)),
          line: text,
          extractedAt: Date.parse(extractedAt),
        })),
    readSetAside: async ({ name }) => {
      const entries = readQuarantine(objects, watch.committed, tenant, name);
      return {
        quarantined: new Set(entries.flatMap(({ id }) => (id === undefined ? [] : [String(id)]))),
        marked: new Set(),
      };
    },
    readNested: async ({ name }, parent, days) => {
      const place = findEndpoint(parent.endpoint);
      if (place === undefined) return [];
      const children = linesOf(name).filter(({ record }) => record._parent_type === parent.endpoint);
      const isTail = place.source.kind === 'tail';
      // rows of a call or chat are in its partition
      const toPlace = (parentId: unknown, dt: string) => (isTail ? `${parentId} ${dt}` : String(parentId));
      const byParent = groupBy(children, ({ record, dt }) => toPlace(record._parent_id, dt));
      const parents = isTail
        ? newestOf(place).filter(({ line }) => days.includes(line.dt))
        : newest(null, linesOf(place.name))
            .filter((line) => !isMark(line))
            .map((line) => ({ id: String(line.record.id), line }));
      const read = parents.filter(({ line }) => Number(line.batch) <= parent.readTo);
      return [...groupBy(read, ({ line }) => line.dt)].map(([dt, ofDay]): NestedDay => {
        const compared = ofDay.map(({ id, line }) => ({
          id,
          at: parseTimestamp(line.record[cursorOf(place)]) ?? Date.parse(line.extractedAt),
          expected: countChildren(parent, line.record),
          found: new Set(
            newest('_parent_updated_at', byParent.get(toPlace(id, dt)) ?? [])
              .filter((child) => !isMark(child))
              .map(({ text }) => text),
          ).size,
        }));
        return {
          dt,
          parents: compared.length,
          expected: compared.reduce((sum, { expected }) => sum + expected, 0),
          found: compared.reduce((sum, { found }) => sum + found, 0),
          different: compared.filter(({ expected, found }) => found < expected),
        };
      });
    },
    sampleSessions: async (endpoint, days) => {
      const segments = segmentsOf(endpoint);
      return newestOf(endpoint)
        .filter(({ line }) => days.includes(line.dt))
        .flatMap(({ id, line }) => {
          const computed = segments.get(`${line.dt} ${id}`);
          return computed === undefined ? [] : [{ id, dt: line.dt, line: textOf(line), computed: textOf(computed) }];
        })
        .slice(0, SAMPLE);
    },
    sizes: async (keys) =>
      new Map(
        keys.flatMap((key) => {
          const body = objects.get(key);
          return body === undefined ? [] : [[key, body.byteLength] as const];
        }),
      ),
  };
}

const cursorOf = ({ source }: Endpoint): string => (source.kind === 'tail' ? source.cursor : 'updated_at');

/** The newest line of each record in each partition, without those that are no record there. */
const listNewest = (cursor: string, lines: readonly RawLine[], key: string): NewestLine[] =>
  [...groupBy(lines, ({ dt, record }) => `${dt} ${record[key]}`).values()]
    .flatMap((versions) => newest(cursor, versions).slice(0, 1))
    .filter((line) => !isMark(line))
    .map((line) => ({ id: String(parseRecordId(line.record[key])), line }));

/** The line as it is in the lake. */
const textOf = ({ text, extractedAt, batch }: RawLine): string =>
  JSON.stringify({ ...Object(JSON.parse(text)), _extracted_at: extractedAt, _batch: batch });

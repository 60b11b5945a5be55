import type { Endpoint, NestedParent } from '../../catalog/index.ts';
import { ENDPOINTS, findEndpoint } from '../../catalog/index.ts';
import { indent } from '../views/expressions.ts';
import {
  createCuratedTailQuery,
  createNestedQuery,
  createQuarantineQuery,
  createRecentMarkQuery,
  createSampleQuery,
  createSnapshotQuery,
  createTailQuery,
} from './audit-queries.ts';

/** One SELECT of what an audit asks the lake about an endpoint. All of them have the columns of {@link ANSWER_COLUMNS}. */
export interface AuditStatement {
  /** The list of days that is put in place of `'{{days}}'`. The SELECT is left out if that list is empty. */
  readonly days: 'raw' | 'curated' | 'snapshot' | 'sample' | 'quarantine' | 'marks';
  /** The parent whose records are compared. @default - the endpoint is not nested */
  readonly parent?: string;
  readonly sql: string;
}

/** Columns of an answer and their types. A column that a SELECT lacks is null. */
const ANSWER_COLUMNS = {
  kind: 'varchar',
  id: 'varchar',
  dt: 'varchar',
  cursor_time: 'bigint',
  batch: 'varchar',
  has_segments: 'boolean',
  line: 'varchar',
  computed: 'varchar',
  parents: 'bigint',
  expected: 'bigint',
  found: 'bigint',
  different: 'varchar',
} as const;

type AnswerColumn = keyof typeof ANSWER_COLUMNS;

/** Texts that the audit replaces when it asks. */
const PLACES = {
  tenant: '{{tenant}}',
  days: '{{days}}',
  quarantine: '{{quarantine}}',
  readTo: '{{readTo}}',
  salt: '{{salt}}',
} as const;

/** Sessions to compute again. */
const SAMPLE = 20;

/** Gives a query the columns of every answer. @param columns those that the query has */
function formatAnswer(kind: string, columns: readonly AnswerColumn[], query: string): string {
  const items = Object.entries(ANSWER_COLUMNS).map(([name, type]) => {
    if (name === 'kind') return `'${kind}' AS kind`;
    return columns.some((column) => column === name)
      ? `CAST(${name} AS ${type}) AS ${name}`
      : `CAST(NULL AS ${type}) AS ${name}`;
  });
  // without indentation, because every step of an audit gets the statements of all endpoints
  return `SELECT\n${items.join(',\n')}\nFROM (\n${query.replaceAll(/\n +/g, '\n')}\n) AS answer`;
}

/**
 * Creates the SELECTs of an endpoint. An audit joins those that it needs with UNION ALL, so that it asks once.
 * @param hasCurated whether the deployment keeps curated tables. @param parents places of nested records, if a tenant has its own
 */
export function createAuditStatements(
  endpoint: Endpoint,
  hasCurated: boolean,
  parents?: readonly NestedParent[],
): AuditStatement[] {
  const { source } = endpoint;
  const lake = { tenant: PLACES.tenant, days: [PLACES.days] };
  const quarantine: AuditStatement = {
    days: 'quarantine',
    sql: formatAnswer('quarantined', ['id'], createQuarantineQuery(endpoint, lake.tenant, lake.days)),
  };
  switch (source.kind) {
    case 'tail': {
      const columns: AnswerColumn[] = ['id', 'dt', 'cursor_time', 'batch'];
      if (endpoint.channel !== undefined) columns.push('has_segments');
      const sample = createSampleQuery(endpoint, source, lake, { size: SAMPLE, salt: PLACES.salt });
      return [
        { days: 'raw', sql: formatAnswer('record', columns, createTailQuery(endpoint, source, lake)) },
        ...(hasCurated && endpoint.curated
          ? [
              {
                days: 'curated' as const,
                sql: formatAnswer('record', columns, createCuratedTailQuery(endpoint, source, lake)),
              },
            ]
          : []),
        ...(endpoint.channel === undefined
          ? []
          : [{ days: 'sample' as const, sql: formatAnswer('sample', ['id', 'dt', 'line', 'computed'], sample) }]),
        quarantine,
        { days: 'marks', sql: formatAnswer('marked', ['id'], createRecentMarkQuery(endpoint, lake)) },
      ];
    }
    case 'snapshot':
      return [
        {
          days: 'snapshot',
          sql: formatAnswer(
            'snapshot',
            ['id', 'line', 'cursor_time'],
            `SELECT id, line, extracted_at AS cursor_time\nFROM (\n  ${indent(createSnapshotQuery(endpoint, lake.tenant, lake.days))}\n) AS newest`,
          ),
        },
        quarantine,
      ];
    case 'nested':
      return (parents ?? source.parents).flatMap((parent) => createNestedStatements(endpoint, parent, hasCurated));
  }
}

function createNestedStatements(endpoint: Endpoint, parent: NestedParent, hasCurated: boolean): AuditStatement[] {
  const place = findEndpoint(parent.endpoint);
  if (place === undefined || place.source.kind === 'nested') return [];
  const { source } = place;
  const lake = { tenant: PLACES.tenant, days: [PLACES.days], read: [PLACES.quarantine], snapshots: [PLACES.days] };
  const columns: AnswerColumn[] = ['id', 'dt', 'parents', 'expected', 'found', 'different'];
  const create = (rows: string) => {
    const read = { ...parent, readTo: PLACES.readTo };
    const days = createNestedQuery(endpoint, read, place, source, lake, rows);
    return formatAnswer('nested', columns, `SELECT '${parent.endpoint}' AS id, days.*\nFROM (\n${days}\n) AS days`);
  };
  const own = { parent: parent.endpoint };
  if (source.kind === 'snapshot') return [{ ...own, days: 'snapshot', sql: create(endpoint.name) }];
  return [
    { ...own, days: 'raw', sql: create(endpoint.name) },
    ...(hasCurated && endpoint.curated
      ? [{ ...own, days: 'curated' as const, sql: create(`curated_${endpoint.name}`) }]
      : []),
  ];
}

/** The SELECTs of every endpoint. */
export const listAuditStatements = (hasCurated: boolean): Record<string, AuditStatement[]> =>
  Object.fromEntries(ENDPOINTS.map((endpoint) => [endpoint.name, createAuditStatements(endpoint, hasCurated)]));

import { ENDPOINTS } from '../../catalog/index.ts';
import { castColumn, selectScalar } from '../views/expressions.ts';
import { nameRawTable, RAW_CALL_SEGMENTS } from '../views/raw-tables.ts';

/**
 * Creates the named query about the freshness of every endpoint. It is generated, so it includes new endpoints. It reads the
 * raw tables, because it does not need versions, which are the most expensive part.
 * @returns a text like those in `sql/queries/`
 */
export function createFreshnessQuery(): { readonly name: string; readonly template: string } {
  const branches = [
    ...ENDPOINTS.map(({ name, source }) => branch(name, nameRawTable(name), source.kind === 'snapshot')),
    branch('call_segments', RAW_CALL_SEGMENTS, false),
  ];
  return {
    name: 'data-freshness',
    template: `-- How fresh and how complete is the data of each endpoint?
--
-- For each endpoint: the lines that were read from the API in the period, one for every version of a record. Also the days
-- with lines and the days without, the time of the newest line, and its distance in hours to the newest line of all endpoints
-- of the tenant. A snapshot is written only if something has changed, so for snapshots all days count. Quarantined records are
-- records that failed validation.
--
-- Parameters:
--   tenant     pattern        %         Tenants. % matches any text.
--   from       date           today-29  First day (UTC).
--   to         date           today     Last day (UTC).
WITH lines AS (
${branches.join('\n  UNION ALL\n')}
),
fresh AS (
  SELECT
    endpoint,
    tenant,
    snapshot,
    lines,
    first_day,
    last_day,
    days,
    ${castColumn('timestamp', 'last_extracted_at')} AS last_extracted_at
  FROM lines
),
set_aside AS (
  SELECT endpoint, tenant, count(*) AS quarantined
  FROM quarantine
  WHERE tenant LIKE {{tenant}}
    AND dt BETWEEN {{dt from}} AND {{dt to}}
  GROUP BY endpoint, tenant
)
SELECT
  f.tenant,
  f.endpoint,
  f.lines,
  f.first_day,
  f.last_day,
  f.days,
  CASE WHEN f.snapshot THEN NULL ELSE date_diff('day', {{from}}, {{to}}) + 1 - f.days END AS days_without,
  coalesce(q.quarantined, 0) AS quarantined,
  round(100e0 * f.lines / (f.lines + coalesce(q.quarantined, 0)), 2) AS complete_percent,
  f.last_extracted_at,
  round(
    date_diff('second', f.last_extracted_at, max(f.last_extracted_at) OVER (PARTITION BY f.tenant)) / 3.6e3,
    1
  ) AS hours_behind
FROM fresh AS f
LEFT JOIN set_aside AS q ON q.tenant = f.tenant AND q.endpoint = f.endpoint
ORDER BY f.tenant, f.endpoint
`,
  };
}

function branch(name: string, table: string, isSnapshot: boolean): string {
  const period = isSnapshot ? '' : '\n    AND dt BETWEEN {{dt from}} AND {{dt to}}';
  return `  SELECT
    '${name}' AS endpoint,
    tenant,
    ${isSnapshot} AS snapshot,
    count(*) AS lines,
    min(dt) AS first_day,
    max(dt) AS last_day,
    count(DISTINCT dt) AS days,
    max(${selectScalar('line', '$._extracted_at')}) AS last_extracted_at
  FROM ${table}
  WHERE tenant LIKE {{tenant}}${period}
  GROUP BY tenant`;
}

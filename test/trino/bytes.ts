import { curateTables } from '../../local/curation/curate-tables.ts';
import { listCuratedTables } from '../../sql/curated/curated-tables.ts';
import { loadNamedQueries, type NamedQuery } from '../../sql/queries/named-queries.ts';
import { addDays, fillParameters } from '../../sql/queries/parameters.ts';
import { findTools } from './engine/tools.ts';
import type { Trino } from './engine/trino-client.ts';
import { startTrino } from './engine/trino-server.ts';
import { icebergCurator } from './lake/iceberg-curator.ts';
import { placeLake } from './lake/place.ts';
import { FIRST_DAY, startCentre, TENANT } from './lake/simulated-centre.ts';

// npm run athena:bytes: the table in docs/performance.md that says what each named query reads, raw and curated
const SEATS = 60;
const DAYS = 8;
/** Hours between two runs of ingestion. */
const CADENCE = 6;
const DATABASE = 'bytes';

const WEEK = { before: FIRST_DAY, from: addDays(FIRST_DAY, 1), to: addDays(FIRST_DAY, DAYS - 1) };
const CURATED = new Map(listCuratedTables().map(({ view, name }) => [view, name]));

/** The question of the week, over the views or over the curated tables where there are such. */
function textOf(query: NamedQuery, curated: boolean): string {
  const given = Object.entries({ ...WEEK, day: WEEK.from }).filter(([name]) =>
    query.parameters.some((parameter) => parameter.name === name),
  );
  const sql = fillParameters(query, Object.fromEntries(given));
  if (!curated) return sql;
  return sql.replaceAll(/\b(FROM|JOIN) (\w+)/g, (all, word, name) => {
    const table = CURATED.get(name);
    return table === undefined ? all : `${word} ${table}`;
  });
}

async function measure(trino: Trino): Promise<void> {
  const kilobytes = (bytes: number) => Math.round(bytes / 1000).toLocaleString('en');
  console.log('| named query | raw, kB | curated, kB | curated / raw |\n|---|---|---|---|');
  for (const query of await loadNamedQueries()) {
    const { bytesRead: raw } = await trino.query(textOf(query, false));
    const { bytesRead: curated } = await trino.query(textOf(query, true));
    const isCurated = textOf(query, true) !== textOf(query, false);
    const rest = isCurated ? `${kilobytes(curated)} | ${((100 * curated) / raw).toFixed(1)} %` : '= | ';
    console.log(`| \`${query.name}\` | ${kilobytes(raw)} | ${rest} |`);
  }
}

const { java, missing } = findTools();
if (missing !== undefined) {
  console.error(`bytes cannot be measured, because ${missing}`);
  process.exit(1);
}
const server = await startTrino(java);
try {
  await using centre = await startCentre({ seats: SEATS, days: DAYS });
  for (let hour = CADENCE; hour <= 24 * DAYS; hour += CADENCE) await centre.until(hour / 24);
  const { lake, state } = centre.ingestion;
  const place = { url: server.url, data: server.data, database: DATABASE, lake };
  const trino = await placeLake({ ...place, tenants: [TENANT], historyStart: FIRST_DAY });
  await curateTables({ ...state, tenants: [TENANT], curator: icebergCurator(trino, DATABASE), run: 'bytes' });
  for (const { name } of listCuratedTables()) await trino.query(`ALTER TABLE ${name} EXECUTE optimize`);
  await measure(trino);
} finally {
  await server.stop();
}

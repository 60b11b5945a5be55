import { parseArgs } from 'node:util';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { ENDPOINTS } from '../../catalog/index.ts';
import { advanceAudit } from '../../lambdas/audit/execution/advance-audit.ts';
import { NO_STEP } from '../../lambdas/audit/execution/audit-answer.ts';
import { auditEventSchema } from '../../lambdas/audit/execution/audit-event.ts';
import { AuditProgressStore } from '../../lambdas/audit/execution/audit-progress.ts';
import { packStatements } from '../../lambdas/audit/execution/lake-statements.ts';
import { BUDGET } from '../../lambdas/aws/state-keys.ts';
import { createCuratedLedgers } from '../../lib/audit/audit-definition.ts';
import { curateTables } from '../../local/curation/curate-tables.ts';
import { listAuditStatements } from '../../sql/audit/audit-statements.ts';
import { findTools } from './engine/tools.ts';
import type { Answer, Trino } from './engine/trino-client.ts';
import { startTrino } from './engine/trino-server.ts';
import { icebergCurator } from './lake/iceberg-curator.ts';
import { placeLake } from './lake/place.ts';
import { type Centre, FIRST_DAY, startCentre, TENANT } from './lake/simulated-centre.ts';

// npm run athena:audit [-- --seats 400] [-- --days 35] [-- --raw]: what the audit of a night reads and asks, with Trino as Athena. With
// --raw there are no curated tables
const { values } = parseArgs({
  options: {
    seats: { type: 'string', default: '100' },
    days: { type: 'string', default: '3' },
    raw: { type: 'boolean', default: false },
  },
});
const [SEATS, DAYS] = [Number(values.seats), Number(values.days)];

/** The audit starts at 04:15. Ingestion runs every hour, curation as well. */
const START = DAYS + 4.25 / 24;
const CADENCE = 1 / 24;
const DATABASE = 'audit';

/** Athena bills a query in megabytes, ten at least. */
const MEGABYTE = 1_000_000;
const MIN_BILLED = 10 * MEGABYTE;

interface Asked {
  readonly endpoint: string;
  readonly read: number;
  readonly answer: number;
  readonly rows: number;
  /** Partitions that its scans name. Athena lists each one. */
  readonly partitions: number;
}

/** Counts the days in the filters of a statement. */
const countPartitions = (sql: string): number =>
  [...sql.matchAll(/dt IN \(([^)]*)\)/g)].reduce((sum, [, days = '']) => sum + days.split(',').length, 0);

/** Writes an answer as Athena does. */
function formatCsv({ columns, rows }: Answer): string {
  const quote = (value: unknown) => (value === null ? '' : `"${String(value).replaceAll('"', '""')}"`);
  const lines = [columns.map(({ name }) => name), ...rows].map((row) => row.map(quote).join(','));
  return `${lines.join('\n')}\n`;
}

interface Audited {
  readonly asked: readonly Asked[];
  /** To the platform. */
  readonly requests: number;
  /** Folders that the function lists, to compare sizes. */
  readonly lists: number;
  readonly proven: string;
}

/** Audits the days before now. */
async function audit(centre: Centre, trino: Trino): Promise<Audited> {
  const { aws, environment, effects, tenant } = centre.ingestion.context;
  const s3 = await aws.s3();
  const list = s3.list.bind(s3);
  let lists = 0;
  s3.list = (...place) => {
    lists += 1;
    return list(...place);
  };
  const begun = Date.now();
  const now = () => centre.now() + Date.now() - begun;
  // ingestion ran on the clock of this machine, the audit runs on that of the simulation
  const Key = { pk: tenant.name, sk: BUDGET };
  await aws.dynamodb.send(new DeleteCommand({ TableName: environment.STATE_TABLE, Key }));
  const event = {
    ...{ deployment: 'ccaip', tenants: [TENANT], tenant, execution: 'night', requests: 100_000 },
    ...{ endpoints: ENDPOINTS.map(({ name }) => name), order: { days: DAYS, heal: false } },
    ...{ startedAt: new Date(centre.now()).toISOString(), curated: values.raw ? {} : createCuratedLedgers() },
    statements: packStatements(listAuditStatements(!values.raw)),
  };
  const asked: Asked[] = [];
  let done: object | null = null;
  let step: number = NO_STEP;
  for (;;) {
    const context = { aws, environment, effects: { ...effects, now }, timeLeft: () => 900_000 };
    const answer = await advanceAudit(context, auditEventSchema.parse({ ...event, done, step }));
    if (answer.next === 'end' || answer.next === 'failed') {
      const { requests, proven, endpoints, windows } = answer.summary;
      const progress = await new AuditProgressStore(aws.dynamodb, environment.STATE_TABLE, TENANT, now).read();
      for (const [name, { reason }] of Object.entries(progress?.endpoints ?? {}))
        if (reason !== null) console.log(name, reason);
      return { asked, requests, lists, proven: `${proven} of ${endpoints} endpoints, ${windows} windows` };
    }
    if (answer.next !== 'query') continue;
    step = answer.step;
    const result = await trino.query(answer.statement);
    const Body = formatCsv(result);
    const file = `athena-results/audit/${asked.length}.csv`;
    await s3.client.send(new PutObjectCommand({ Bucket: environment.LAKE_BUCKET, Key: file, Body }));
    const endpoint = ENDPOINTS[asked.length]?.name ?? '';
    const partitions = countPartitions(answer.statement);
    asked.push({ endpoint, read: result.bytesRead, answer: Body.length, rows: result.rows.length, partitions });
    done = { query: { location: `s3://${environment.LAKE_BUCKET}/${file}`, bytes: result.bytesRead } };
  }
}

const { java, missing } = findTools();
if (missing !== undefined) {
  console.error(`bytes cannot be measured, because ${missing}`);
  process.exit(1);
}
const server = await startTrino(java);
try {
  await using centre = await startCentre({ seats: SEATS, days: Math.ceil(START) });
  for (let day = CADENCE; day < START; day += CADENCE) await centre.until(day);
  const { lake, state } = centre.ingestion;
  const place = { url: server.url, data: server.data, database: DATABASE, lake };
  const trino = await placeLake({ ...place, tenants: [TENANT], historyStart: FIRST_DAY });
  const curator = icebergCurator(trino, DATABASE);
  if (!values.raw) await curateTables({ ...state, tenants: [TENANT], curator, run: 'audit' });
  const { asked, requests, lists, proven } = await audit(centre, trino);
  const kilobytes = (bytes: number) => Math.round(bytes / 1000);
  console.table(
    asked.map(({ endpoint, read, answer, rows, partitions }) => ({
      ...{ endpoint, 'read, kB': kilobytes(read), 'answer, kB': kilobytes(answer), rows, partitions },
    })),
  );
  const billed = asked.reduce((sum, { read }) => sum + Math.max(MIN_BILLED, Math.ceil(read / MEGABYTE) * MEGABYTE), 0);
  const read = asked.reduce((sum, each) => sum + each.read, 0);
  console.log(`${SEATS} seats, ${DAYS} days: ${proven}, ${requests} requests, ${asked.length} queries`);
  const partitions = asked.reduce((sum, each) => sum + each.partitions, 0);
  console.log(
    `${kilobytes(read)} kB read, ${kilobytes(billed)} kB billed, ${partitions} partitions and ${lists} folders listed`,
  );
} finally {
  await server.stop();
}

import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { ENDPOINTS } from '../../catalog/index.ts';
import { advanceAudit } from '../../lambdas/audit/execution/advance-audit.ts';
import { type AuditAnswer, NO_STEP } from '../../lambdas/audit/execution/audit-answer.ts';
import { type AuditOrder, auditEventSchema } from '../../lambdas/audit/execution/audit-event.ts';
import { packStatements } from '../../lambdas/audit/execution/lake-statements.ts';
import { createCuratedLedgers } from '../../lib/audit/audit-definition.ts';
import { curateTables } from '../../local/curation/curate-tables.ts';
import { ParquetCurator } from '../../local/curation/parquet-curator.ts';
import { openWarehouse } from '../../local/warehouse/open-warehouse.ts';
import { listAuditStatements } from '../../sql/audit/audit-statements.ts';
import type { Json } from '../lib/template.ts';
import type { World } from '../runs/run-world.ts';
import { newFolder, removeFolder } from '../sql/lake-of-lines.ts';

/** What the state machine of audits asks AWS for: its function, Athena as DuckDB, and the functions of the endpoints. */
export class AuditServices {
  /** Queries, runs of endpoints and questions, in their order. */
  readonly statements: string[] = [];
  readonly reads: Json[] = [];
  readonly answers: AuditAnswer[] = [];
  /** Milliseconds that the function of the audit has for its next steps; afterwards 15 minutes. */
  readonly timeLeft: number[] = [];
  /** Called before each query and run: may make it fail. */
  mishap: (request: { readonly statement?: string; readonly event?: Json }) => Error | undefined = () => undefined;
  /** What Athena says if it does not answer a query. The audit continues. */
  refuse: (statement: string) => { readonly Error: string; readonly Cause: string } | undefined = () => undefined;
  readonly #world: World;
  readonly #folder: string;

  private constructor(world: World, folder: string) {
    this.#world = world;
    this.#folder = folder;
  }

  static async open(world: World): Promise<AuditServices> {
    return new AuditServices(world, await newFolder());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await removeFolder(this.#folder);
  }

  /** Invokes the function of the audit. */
  async ask(payload: Json): Promise<AuditAnswer> {
    const { environment, aws, time, platform } = this.#world;
    const left = this.timeLeft.shift() ?? 900_000;
    const end = time.time + left;
    const context = {
      ...{ environment, aws, effects: time.effects({ fetch: platform.fetch }) },
      timeLeft: () => end - time.time,
    };
    // as Lambda does
    const answer = await advanceAudit(context, auditEventSchema.parse(JSON.parse(JSON.stringify(payload))));
    this.answers.push(answer);
    return JSON.parse(JSON.stringify(answer));
  }

  /** Runs a query and writes its result as Athena does. */
  async query(statement: string): Promise<{ readonly location: string; readonly bytes: number }> {
    this.statements.push(statement);
    const mishap = this.mishap({ statement });
    if (mishap !== undefined) throw mishap;
    await this.#copyLake();
    const { LAKE_BUCKET } = this.#world.environment;
    await using warehouse = await openWarehouse(this.#folder, { threads: 1 });
    const { columns, rows } = await warehouse.query(statement);
    const names = columns.map(({ name }) => name);
    const lines = [names, ...rows.map((row) => names.map((name) => row[name]))].map((values) =>
      values.map((value) => (value === null || value === undefined ? '' : `"${String(value).replaceAll('"', '""')}"`)),
    );
    const key = `athena-results/audit/${randomUUID()}.csv`;
    const { client } = await this.#world.aws.s3();
    const Body = Buffer.from(`${lines.map((line) => line.join(',')).join('\n')}\n`);
    await client.send(new PutObjectCommand({ Bucket: LAKE_BUCKET, Key: key, Body }));
    return { location: `s3://${LAKE_BUCKET}/${key}`, bytes: 1_000 };
  }

  /** Invokes the function of an endpoint. */
  async read(name: string, event: Json): Promise<Json> {
    this.reads.push(event);
    if (name !== `ccaip-${event.endpoint}`) throw new Error(`${name} reads another endpoint`);
    const mishap = this.mishap({ event });
    if (mishap !== undefined) throw mishap;
    const { endpoint, ...changes } = event;
    return JSON.parse(JSON.stringify(await this.#world.ingest(endpoint, { ...changes, tenant: this.#world.tenant })));
  }

  /** Brings the curated tables up to date. */
  async curate(): Promise<void> {
    await this.#copyLake();
    const { aws, environment } = this.#world;
    await using warehouse = await openWarehouse(this.#folder, { threads: 1 });
    await curateTables({
      ...{ client: aws.dynamodb, stateTable: environment.STATE_TABLE, tenants: ['acme'], run: randomUUID() },
      curator: new ParquetCurator(warehouse, this.#folder),
    });
  }

  /** Copies the lake into the folder. The curated tables stay. */
  async #copyLake(): Promise<void> {
    for (const entry of await readdir(this.#folder))
      if (entry !== 'curated') await rm(join(this.#folder, entry), { recursive: true });
    for (const zone of ['raw/', 'segments/', 'quarantine/', 'coverage/'])
      for (const { key, lines } of await this.#world.objects(zone)) {
        const file = join(this.#folder, key);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, gzipSync(`${lines.join('\n')}\n`));
      }
  }
}

/** An event of the state machine for a tenant, without what was done. */
export const createAuditEvent = (world: World, order: AuditOrder, execution: string, hasCurated = false) => ({
  ...{ deployment: 'ccaip', tenants: [world.tenant.name], tenant: world.tenant, order, execution },
  endpoints: ENDPOINTS.map(({ name }) => name),
  startedAt: new Date(world.time.time).toISOString(),
  requests: 2_000,
  statements: packStatements(listAuditStatements(hasCurated)),
  curated: hasCurated ? createCuratedLedgers() : {},
});

/** Does what the answers say until the tenant is audited. @returns the last answer */
export async function driveAudit(
  services: AuditServices,
  event: ReturnType<typeof createAuditEvent>,
  { most = 500 } = {},
): Promise<AuditAnswer> {
  let done: Json = null;
  let step = NO_STEP as number;
  for (let steps = 0; steps < most; steps++) {
    const answer = await services.ask({ ...event, done, step });
    switch (answer.next) {
      case 'query':
        done = services.refuse(answer.statement) ?? { query: await services.query(answer.statement) };
        break;
      case 'read':
        done = { read: await services.read(answer.function, answer.event) };
        break;
      case 'again':
      case 'wait':
        break;
      default:
        return answer;
    }
    step = answer.step;
  }
  throw new Error(`the audit has not ended after ${most} steps`);
}

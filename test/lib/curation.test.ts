import { randomUUID } from 'node:crypto';
import { SparkSQL, TrinoSQL } from 'dt-sql-parser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FACT_TABLES } from '../../catalog/fact-columns.ts';
import { curate } from '../../lambdas/curation/curate.ts';
import { createAthenaStatements, createMergeStatement } from '../../sql/curated/curated-statements.ts';
import { listCuratedTables } from '../../sql/curated/curated-tables.ts';
import { World } from '../runs/run-world.ts';
import { Failed, findInvalidStates, runStates } from '../support/states.ts';
import { type Stores, startStores } from '../support/test-stores.ts';
import { ACME } from './sample-configuration.ts';
import { type Json, readDefinition, resource, resources, synthesise } from './template.ts';

const deployment = synthesise({ curation: true });
const { template } = deployment;
const TABLES = listCuratedTables();

/** What every batch of calls or chats also changes. */
const FACTS = FACT_TABLES.map(({ name }) => `MERGE curated_${name}`);

/** The definition with references written out. */
const machine = { StateMachineName: 'ccaip-curation' };
const definition: Json = JSON.parse(readDefinition(deployment, machine.StateMachineName));

let stores: Stores;
beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());

/** The same with two tenants. */
const two: Json = JSON.parse(
  readDefinition(synthesise({ curation: true, tenants: [ACME, { ...ACME, name: 'beta' }] }), machine.StateMachineName),
);

interface Run {
  /** @default - the state machine with one tenant */
  readonly definition?: Json;
  readonly maintain?: boolean;
  /** Runs under way at the first question, at the second ...; this one counts. */
  readonly running?: number[];
  /** Throws for the statements that Athena refuses. */
  readonly athena?: (sql: string) => void;
}

/** Runs the state machine against the ledger of a world. */
async function run(world: World, options: Run = {}) {
  const { maintain = false, running = [1], athena = () => undefined } = options;
  const statements: string[] = [];
  const entered: string[] = [];
  const services = {
    'sfn:listExecutions': () => ({ Executions: Array.from({ length: running.shift() ?? 1 }, (_, n) => ({ n })) }),
    'lambda:invoke': async ({ Payload }: Json) => ({
      // as Lambda does
      Payload: JSON.parse(
        JSON.stringify(
          await curate(world.aws.dynamodb, world.environment.STATE_TABLE, JSON.parse(JSON.stringify(Payload))),
        ),
      ),
    }),
    'athena:startQueryExecution.sync': ({ QueryString, WorkGroup, QueryExecutionContext }: Json) => {
      expect(QueryExecutionContext).toEqual({ Database: 'ccaip' });
      expect(WorkGroup).toBe('ccaip-curation');
      statements.push(QueryString);
      athena(QueryString);
      return {};
    },
  };
  const context = { StateMachine: { Id: 'machine' }, Execution: { Name: randomUUID() } };
  const end = runStates(options.definition ?? definition, { maintain }, { services, context, entered });
  return { end: await end.catch((error: unknown) => error), statements, entered };
}

const words = (statements: readonly string[]) =>
  statements.map((sql) => [/^[A-Z]+/.exec(sql)?.[0], /curated_\w+/.exec(sql)?.[0]].join(' '));

describe('the state machine of curation', () => {
  it('creates the tables, merges the batches of the ledger and then only new batches', async () => {
    const world = await World.create(stores);
    world.calls(2);
    await world.ingest('call');
    const first = words((await run(world)).statements);
    for (const { name } of TABLES)
      expect(first.filter((each) => each.endsWith(` ${name}`)).slice(0, 2)).toEqual([`DROP ${name}`, `CREATE ${name}`]);
    expect(first.filter((each) => each.startsWith('MERGE'))).toEqual([
      'MERGE curated_call',
      'MERGE curated_call_segments',
      ...FACTS,
    ]);
    expect((await run(world)).statements).toEqual([]);
    world.calls(1);
    await world.ingest('call');
    expect(words((await run(world)).statements)).toEqual([
      'MERGE curated_call',
      'MERGE curated_call_segments',
      ...FACTS,
    ]);
  });

  it('fails if a table fails, after updating the others, and repairs it in the next run', async () => {
    const world = await World.create(stores);
    world.calls(1);
    await world.ingest('call');
    const failed = await run(world, {
      athena: (sql) => {
        if (sql.startsWith('MERGE INTO curated_call ')) throw new Error('refused');
      },
    });
    expect(failed.end).toBeInstanceOf(Failed);
    expect(words(failed.statements)).toContain('MERGE curated_call_segments');
    const next = await run(world);
    expect(next.end).not.toBeInstanceOf(Error);
    expect(words(next.statements)).toEqual(['MERGE curated_call']);
  });

  it('merges later tenants if the MERGE of one tenant fails, and then fails', async () => {
    const world = await World.create(stores);
    for (const name of ['acme', 'beta']) {
      world.tenant = { ...world.tenant, name };
      world.calls(1);
      await world.ingest('call');
    }
    const refuse = (sql: string) => {
      if (sql.startsWith('MERGE') && sql.includes("'acme'")) throw new Error('refused');
    };
    const failed = await run(world, { definition: two, maintain: true, athena: refuse });
    expect(failed.end).toBeInstanceOf(Failed);
    const merged = failed.statements.filter((sql) => sql.startsWith('MERGE') && sql.includes("'beta'"));
    expect(words(merged).sort()).toEqual(['MERGE curated_call', 'MERGE curated_call_segments', ...FACTS].sort());
    expect(words(failed.statements)).toContain('VACUUM curated_call');
    const next = await run(world, { definition: two });
    expect(next.end).not.toBeInstanceOf(Error);
    expect(next.statements.every((sql) => sql.includes("'acme'"))).toBe(true);
    expect(words(next.statements).sort()).toEqual(
      ['MERGE curated_call', 'MERGE curated_call_segments', ...FACTS].sort(),
    );
  });

  it('ends if another run is active, or waits for it with maintain', async () => {
    const world = await World.create(stores);
    expect(await run(world, { running: [2] })).toMatchObject({
      statements: [],
      entered: ['Runs', 'IsAnotherAtWork', 'LeaveItToTheOther'],
    });
    const { entered, statements } = await run(world, { maintain: true, running: [2, 2, 1] });
    expect(entered.filter((name) => name === 'WaitForIt')).toHaveLength(2);
    for (const { name } of TABLES) {
      const own = words(statements).filter((each) => each.endsWith(` ${name}`));
      expect(own.slice(-2)).toEqual([`OPTIMIZE ${name}`, `VACUUM ${name}`]);
    }
  });

  it('has valid and reachable states for Step Functions', () => {
    expect(findInvalidStates(definition)).toEqual([]);
    expect(JSON.stringify(definition).length).toBeLessThan(1_000_000);
  });
});

describe('a deployment', () => {
  it('runs curation every hour, and table maintenance once a day', () => {
    const schedules = [...resources(template, 'AWS::Scheduler::Schedule').values()];
    const own = schedules.filter(({ Name }) => Name.startsWith('ccaip-curation-'));
    expect(own.map(({ ScheduleExpression, Target }) => [ScheduleExpression, JSON.parse(Target.Input)])).toEqual([
      ['cron(5 * * * ? *)', { maintain: false }],
      ['cron(35 3 * * ? *)', { maintain: true }],
    ]);
  });

  it('has a curation workgroup without a scan limit, and a view of the freshness of the tables', () => {
    const [, workgroup] = resource(template, 'AWS::Athena::WorkGroup', { Name: 'ccaip-curation' });
    expect(workgroup.WorkGroupConfiguration.BytesScannedCutoffPerQuery).toBeUndefined();
    const tables = [...resources(template, 'AWS::Glue::Table').values()].map(({ TableInput }) => TableInput.Name);
    expect(tables).toContain('curated_freshness');
  });

  it('has no curation resources if curation is switched off', () => {
    const off = synthesise({ curation: false }).template;
    expect(() => resource(off, 'AWS::StepFunctions::StateMachine', machine)).toThrow('0 of');
    expect(JSON.stringify(off.toJSON())).not.toContain('curated_');
  });

  it('has a valid state machine definition with the maximum number of tenants', () => {
    const tenants = Array.from({ length: 50 }, (_, n) => ({
      subdomain: 's',
      domain: 'uc1.ccaiplatform.com',
      name: `tenant-${n}`,
    }));
    const many = synthesise({ curation: true, tenants });
    expect(readDefinition(many, machine.StateMachineName).length).toBeLessThan(1_000_000);
  });
});

describe.each(TABLES)('the statements of $name', (table) => {
  const { create, drop, optimize, vacuum } = createAthenaStatements(table, 's3://lake/curated/x/');

  it('to create and drop it follow the grammar of Spark, which Athena uses', () => {
    for (const sql of [create, drop]) expect(new SparkSQL().validate(sql)).toEqual([]);
    expect(create).toContain("'table_type' = 'ICEBERG'");
    expect(create).toContain('PARTITIONED BY (tenant, dt)');
    expect(create).toContain("LOCATION 's3://lake/curated/x/'");
    for (const { name, hiveType } of table.columns) expect(create).toContain(`  ${name} ${hiveType}`);
  });

  it('to maintain it are exactly those of Athena', () => {
    expect(optimize).toBe(`OPTIMIZE ${table.name} REWRITE DATA USING BIN_PACK`);
    expect(vacuum).toBe(`VACUUM ${table.name}`);
  });

  it('to merge into it follow the grammar of Trino and are short enough for Athena with the maximum number of days', () => {
    const days = Array.from({ length: 60 }, (_, day) => `'2026-03-${day}'`).join(', ');
    const sql = createMergeStatement(table).replaceAll('{{tenant}}', "'acme'").replaceAll('{{days}}', days);
    expect(new TrinoSQL().validate(sql)).toEqual([]);
    expect(Buffer.byteLength(sql)).toBeLessThan(262_144);
  });
});

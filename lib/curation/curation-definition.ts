import { type AthenaStatements, createMergeStatement } from '../../sql/curated/curated-statements.ts';
import type { CuratedTable } from '../../sql/curated/curated-tables.ts';
import { PARTITION } from '../state-machines/definition-file.ts';

interface CurationDefinition {
  /** ARN of the function that decides the next step. */
  readonly functionArn: string;
  readonly workgroup: string;
  readonly database: string;
  /** Names of the tenants. */
  readonly tenants: readonly string[];
  readonly tables: readonly { readonly table: CuratedTable; readonly statements: AthenaStatements }[];
}

type State = Readonly<Record<string, unknown>>;
type States = Readonly<Record<string, State>>;

/** How long a run with `maintain` waits for another run. A run without it ends at once. */
const WAIT_SECONDS = 900;

/** Retried after a while: Athena is busy, or another writer committed first. */
const RETRY = [
  {
    ErrorEquals: ['States.TaskFailed', 'States.Timeout'],
    IntervalSeconds: 20,
    MaxAttempts: 3,
    BackoffRate: 3,
    JitterStrategy: 'FULL',
  },
];

/** OPTIMIZE and VACUUM fail after a part of the work and must be repeated. */
const RETRY_UNTIL_DONE = [{ ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 10, MaxAttempts: 20, BackoffRate: 1 }];

/**
 * The state machine of curation, in the Amazon States Language.
 *
 *     is another run active? ── yes ──> end (or wait, with maintain)
 *       │ no
 *     for each table: up to date? ── no ──> DROP, CREATE
 *       for each tenant: what is next? <──────────┐
 *          MERGE days ──> it is done, what is next?┘ ... nothing
 *              ✗ the next tenant
 *       with maintain: OPTIMIZE, VACUUM
 *     any table of any tenant failed? ──> fail
 */
export function defineCuration(options: CurationDefinition): State {
  const { tenants, tables } = options;
  return {
    Comment: 'Keeps the curated tables up to date with the ledgers',
    StartAt: 'Runs',
    TimeoutSeconds: 12 * 3_600,
    States: {
      Runs: {
        Type: 'Task',
        Resource: `arn:${PARTITION}:states:::aws-sdk:sfn:listExecutions`,
        Parameters: { 'StateMachineArn.$': '$$.StateMachine.Id', StatusFilter: 'RUNNING', MaxResults: 2 },
        ResultPath: '$.runs',
        Retry: RETRY,
        Next: 'IsAnotherAtWork',
      },
      IsAnotherAtWork: {
        Type: 'Choice',
        Choices: [
          {
            And: [
              { Variable: '$.runs.Executions[1]', IsPresent: true },
              { Variable: '$.maintain', BooleanEquals: true },
            ],
            Next: 'WaitForIt',
          },
          { Variable: '$.runs.Executions[1]', IsPresent: true, Next: 'LeaveItToTheOther' },
        ],
        Default: 'Tables',
      },
      WaitForIt: { Type: 'Wait', Seconds: WAIT_SECONDS, Next: 'Runs' },
      LeaveItToTheOther: { Type: 'Succeed' },
      Tables: {
        Type: 'Parallel',
        Parameters: { tenants, 'maintain.$': '$.maintain' },
        Branches: tables.map((table) => branch(options, table)),
        ResultSelector: { 'failed.$': 'States.ArrayContains($[*].failed, true)' },
        Next: 'IsAnyFailed',
      },
      IsAnyFailed: {
        Type: 'Choice',
        Choices: [{ Variable: '$.failed', BooleanEquals: true, Next: 'Failed' }],
        Default: 'UpToDate',
      },
      Failed: { Type: 'Fail', Error: 'CurationFailed', Cause: 'At least one table could not be updated' },
      UpToDate: { Type: 'Succeed' },
    },
  };
}

/** Curates one table. Its failure does not stop the others. */
function branch(options: CurationDefinition, { table, statements }: CurationDefinition['tables'][number]): State {
  const { name, shape } = table;
  const failed = { Catch: [{ ErrorEquals: ['States.ALL'], Next: `Failed ${name}` }] };
  const athena = (QueryString: string, Next: string, Retry: readonly State[] = RETRY): State => ({
    ...athenaTask(options, { QueryString }, Next),
    Retry,
    ...failed,
  });
  const states: States = {
    Inspect: { ...ask(options, { action: 'inspect', table: name, shape }, 'IsAsWanted'), ...failed },
    IsAsWanted: {
      Type: 'Choice',
      Choices: [{ Variable: '$.reply.answer.next', StringEquals: 'create', Next: 'Drop' }],
      Default: 'Tenants',
    },
    Drop: athena(statements.drop, 'Create'),
    Create: athena(statements.create, 'Created'),
    Created: {
      ...ask(options, { action: 'created', table: name, shape, 'run.$': '$$.Execution.Name' }, 'Tenants'),
      ...failed,
    },
    Tenants: {
      Type: 'Map',
      ItemsPath: '$.tenants',
      ItemSelector: { 'tenant.$': '$$.Map.Item.Value', done: null },
      // parallel writers of one table would wait for each other's commits
      MaxConcurrency: 1,
      ItemProcessor: {
        ProcessorConfig: { Mode: 'INLINE' },
        StartAt: `Next ${name}`,
        States: tenantStates(options, table),
      },
      ResultSelector: { 'failed.$': 'States.ArrayContains($[*].failed, true)' },
      ResultPath: '$.merged',
      ...failed,
      Next: 'IsToMaintain',
    },
    IsToMaintain: {
      Type: 'Choice',
      Choices: [{ Variable: '$.maintain', BooleanEquals: true, Next: 'Optimize' }],
      Default: 'Done',
    },
    Optimize: athena(statements.optimize, 'Vacuum', RETRY_UNTIL_DONE),
    Vacuum: athena(statements.vacuum, 'Done', RETRY_UNTIL_DONE),
    Done: { Type: 'Pass', Parameters: { 'failed.$': '$.merged.failed', table: name }, End: true },
    Failed: { Type: 'Pass', Result: { failed: true, table: name }, End: true },
  };
  return { StartAt: `Inspect ${name}`, States: named(states, name) };
}

/** Merges the days of one tenant in a loop. A failure does not stop the tenants that follow. */
function tenantStates(options: CurationDefinition, table: CuratedTable): States {
  const { name, endpoints, zone } = table;
  const merge = createMergeStatement(table);
  const event = {
    action: 'next',
    table: name,
    'tenant.$': '$.tenant',
    endpoint: endpoints,
    zone,
    merge,
    'done.$': '$.done',
  };
  const failed = { Catch: [{ ErrorEquals: ['States.ALL'], Next: `TenantFailed ${name}` }] };
  const states: States = {
    Next: { ...ask(options, event, 'WhatIsNext'), ...failed },
    WhatIsNext: {
      Type: 'Choice',
      Choices: [
        { Variable: '$.reply.answer.next', StringEquals: 'merge', Next: 'Merge' },
        { Variable: '$.reply.answer.next', StringEquals: 'skip', Next: 'Step' },
      ],
      Default: 'End',
    },
    Merge: {
      ...athenaTask(options, { 'QueryString.$': '$.reply.answer.statement' }, 'Step'),
      Retry: RETRY,
      ...failed,
    },
    Step: {
      Type: 'Pass',
      Parameters: { 'tenant.$': '$.tenant', 'done.$': '$.reply.answer.step' },
      Next: 'Next',
    },
    // the output of fifty tenants must stay small
    End: { Type: 'Pass', Result: { failed: false }, End: true },
    TenantFailed: { Type: 'Pass', Result: { failed: true }, End: true },
  };
  return named(states, name);
}

const ask = ({ functionArn }: CurationDefinition, Payload: State, Next: string): State => ({
  Type: 'Task',
  Resource: `arn:${PARTITION}:states:::lambda:invoke`,
  Parameters: { FunctionName: functionArn, Payload },
  ResultSelector: { 'answer.$': '$.Payload' },
  ResultPath: '$.reply',
  Retry: RETRY,
  Next,
});

/** Runs a query and waits for its end. Stopping the run stops the query. */
const athenaTask = ({ workgroup, database }: CurationDefinition, query: State, Next: string): State => ({
  Type: 'Task',
  Resource: `arn:${PARTITION}:states:::athena:startQueryExecution.sync`,
  Parameters: { ...query, WorkGroup: workgroup, QueryExecutionContext: { Database: database } },
  ResultPath: null,
  Next,
});

/** Adds the table to the names of states, because names must be unique across branches. */
function named(states: States, table: string): States {
  const own = new Set(Object.keys(states));
  const rename = (value: unknown, key = ''): unknown => {
    if (key === 'Next' || key === 'Default') return own.has(String(value)) ? `${value} ${table}` : value;
    if (key === 'ItemProcessor' || typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((item) => rename(item));
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, rename(item, name)]));
  };
  return Object.fromEntries(Object.entries(states).map(([name, state]) => [`${name} ${table}`, Object(rename(state))]));
}

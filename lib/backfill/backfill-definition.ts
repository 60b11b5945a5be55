import type { PlanEvent } from '../../lambdas/runs/backfill-order.ts';
import { PARTITION } from '../state-machines/definition-file.ts';
import { BUSY, LASTING, PASSING, RUN_SECONDS, UNEXPECTED } from '../state-machines/retries.ts';

interface BackfillDefinition extends Pick<PlanEvent, 'tenants' | 'functions'> {
  /** ARN of the function that cuts a range into slices. */
  readonly planArn: string;
}

type State = Readonly<Record<string, unknown>>;

/**
 * The state machine of backfills, in the Amazon States Language.
 *
 *     Plan: which slices?
 *     for each slice, some at a time:
 *       Read from where the last answer stopped <──┐
 *       is there more? ── yes ─────────────────────┘
 *         │ no
 *       done
 *
 * A failed slice ends the run and the running slices, because the cause is usually the platform or the credential. A redrive
 * continues the slices that are not done, each after its last answer. The map is inline, so that the history shows the progress
 * of each slice. A slice takes 11 events, and 7 more for each further answer. A history can have 25,000 events.
 */
export function defineBackfill({ planArn, tenants, functions }: BackfillDefinition): State {
  return {
    Comment: 'Reads a time range slice by slice, in addition to the live runs',
    StartAt: 'Plan',
    TimeoutSeconds: 90 * 86_400,
    States: {
      Plan: {
        ...invoke(planArn, {
          'order.$': '$',
          'scheduledTime.$': '$$.Execution.StartTime',
          tenants,
          functions,
        }),
        ResultSelector: { 'plan.$': '$.Payload' },
        Retry: [BUSY],
        Next: 'Slices',
      },
      Slices: {
        Type: 'Map',
        ItemsPath: '$.plan.slices',
        MaxConcurrencyPath: '$.plan.concurrency',
        ItemSelector: {
          'function.$': '$.plan.function',
          'event.$': '$.plan.event',
          'to.$': '$$.Map.Item.Value.to',
          answer: { 'reached.$': '$$.Map.Item.Value.from' },
        },
        ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, StartAt: 'Read', States: SLICE },
        End: true,
      },
    },
  };
}

/** Reads one slice. The function is invoked again from where it stopped. */
const SLICE: Readonly<Record<string, State>> = {
  Read: {
    ...invoke(
      { path: '$.function' },
      {
        'endpoint.$': '$.event.endpoint',
        'tenant.$': '$.event.tenant',
        'scheduledTime.$': '$.event.scheduledTime',
        range: { 'from.$': '$.answer.reached', 'to.$': '$.to' },
      },
    ),
    TimeoutSeconds: RUN_SECONDS,
    ResultSelector: {
      'outcome.$': '$.Payload.outcome',
      'reached.$': '$.Payload.reached',
      'records.$': '$.Payload.records',
    },
    ResultPath: '$.answer',
    Retry: [LASTING, BUSY, PASSING, UNEXPECTED],
    Next: 'IsDone',
  },
  IsDone: {
    Type: 'Choice',
    Choices: [{ Variable: '$.answer.outcome', StringEquals: 'done', Next: 'Done' }],
    Default: 'Read',
  },
  // the output of a thousand slices must fit into 256 KiB
  Done: { Type: 'Pass', Parameters: { 'to.$': '$.to', 'reached.$': '$.answer.reached' }, End: true },
};

function invoke(functionArn: string | { readonly path: string }, Payload: State): State {
  const name = typeof functionArn === 'string' ? { FunctionName: functionArn } : { 'FunctionName.$': functionArn.path };
  return {
    Type: 'Task',
    Resource: `arn:${PARTITION}:states:::lambda:invoke`,
    Parameters: { ...name, Payload },
  };
}

import { Aws } from 'aws-cdk-lib';
import type { PlanEvent } from '../../lambdas/runs/backfill-order.ts';

interface BackfillDefinition extends Pick<PlanEvent, 'tenants' | 'functions'> {
  /** ARN of the function that cuts a range into slices. */
  readonly planArn: string;
}

type State = Readonly<Record<string, unknown>>;

/** A function ends after 15 minutes; an answer that never comes is given up a little later. */
const RUN_SECONDS = 16 * 60;

/** Lambda is busy, or lost the answer. */
const BUSY = {
  ErrorEquals: [
    'Lambda.TooManyRequestsException',
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'Lambda.ClientExecutionTimeoutException',
  ],
  IntervalSeconds: 5,
  MaxAttempts: 8,
  BackoffRate: 2,
  MaxDelaySeconds: 300,
  JitterStrategy: 'FULL',
};

/** The platform or an AWS service was not well, or the rate was used up: what was committed before stays. */
const PASSING = {
  ErrorEquals: ['TransientError', 'RateLimitedError', 'States.Timeout'],
  IntervalSeconds: 30,
  MaxAttempts: 20,
  BackoffRate: 2,
  MaxDelaySeconds: 900,
  JitterStrategy: 'FULL',
};

/** Somebody has to set it right: no second attempt would. */
const LASTING = { ErrorEquals: ['ConfigurationError', 'CredentialError'], MaxAttempts: 0 };

/** An answer that cannot be trusted, a function that was killed. */
const UNEXPECTED = {
  ErrorEquals: ['States.TaskFailed'],
  IntervalSeconds: 30,
  MaxAttempts: 2,
  BackoffRate: 2,
  JitterStrategy: 'FULL',
};

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
 * A slice that fails ends the run, and those at work with it: it is the platform or the credential as a rule. A redrive goes on
 * with what was not done, each slice from its last answer on. The map is an inline one, so that the history tells how far every
 * slice is: 11 events for a slice that is read at once, 7 more for each further answer; of 25,000 that there may be.
 */
export function defineBackfill({ planArn, tenants, functions }: BackfillDefinition): State {
  return {
    Comment: 'Reads a range of time again, slice by slice, beside the live runs',
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

/** One slice: the function is called again from where it stopped. */
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
  // what a thousand slices leave behind has to fit into 256 KiB
  Done: { Type: 'Pass', Parameters: { 'to.$': '$.to', 'reached.$': '$.answer.reached' }, End: true },
};

function invoke(functionArn: string | { readonly path: string }, Payload: State): State {
  const name = typeof functionArn === 'string' ? { FunctionName: functionArn } : { 'FunctionName.$': functionArn.path };
  return {
    Type: 'Task',
    Resource: `arn:${Aws.PARTITION}:states:::lambda:invoke`,
    Parameters: { ...name, Payload },
  };
}

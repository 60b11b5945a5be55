import { Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';

/** When a state machine starts, and with which input. */
export interface MachineSchedule {
  /** End of its name, e.g. `nightly`. */
  readonly when: string;
  readonly expression: string;
  readonly input: object;
}

export interface MachineSchedulesProps {
  /** Name of the state machine. */
  readonly name: string;
  /** What the schedules start, as their descriptions say it. */
  readonly title: string;
  readonly stateMachine: StateMachine;
  readonly schedules: readonly MachineSchedule[];
  /** A start that fails is repeated for so long, seconds. */
  readonly maxAgeSeconds: number;
}

/** Creates the schedules of a state machine with their role. */
export function scheduleStateMachine(
  scope: Construct,
  { name, title, stateMachine, schedules, maxAgeSeconds }: MachineSchedulesProps,
): void {
  const arn = stateMachine.stateMachineArn;
  const { roleArn } = new Role(scope, 'ScheduleRole', {
    description: `Schedules of ${name}`,
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
    inlinePolicies: {
      start: new PolicyDocument({
        statements: [new PolicyStatement({ actions: ['states:StartExecution'], resources: [arn] })],
      }),
    },
  });
  for (const { when, expression, input } of schedules)
    new CfnSchedule(scope, `Schedule-${when}`, {
      name: `${name}-${when}`,
      description: `${title}, ${when}`,
      scheduleExpression: expression,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn,
        roleArn,
        input: JSON.stringify(input),
        retryPolicy: { maximumEventAgeInSeconds: maxAgeSeconds, maximumRetryAttempts: 5 },
      },
    });
}

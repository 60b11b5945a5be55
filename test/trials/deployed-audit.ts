import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { DescribeStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { readOutputs } from './deployed-truth.ts';

/**
 * Checks that the endpoint has accepted the state machine of audits, and that both schedules start it.
 * @throws Error if not
 */
export async function checkAudit(name: string, region: string): Promise<string> {
  const stateMachineArn = (await readOutputs(name, region)).get('AuditStateMachine');
  const machine = await new SFNClient({ region }).send(new DescribeStateMachineCommand({ stateMachineArn }));
  const { States: states = {} } = JSON.parse(machine.definition ?? '{}');
  if (machine.status !== 'ACTIVE' || !('Audits' in states))
    throw new Error(
      `the state machine of audits is ${machine.status}, with the states ${Object.keys(states).join(', ')}`,
    );
  const scheduler = new SchedulerClient({ region });
  const expressions: string[] = [];
  for (const when of ['nightly', 'weekly']) {
    const schedule = await scheduler.send(new GetScheduleCommand({ Name: `${name}-audit-${when}` }));
    const { State, ScheduleExpression = '', Target } = schedule;
    if (State !== 'ENABLED' || Target?.Arn !== stateMachineArn)
      throw new Error(`the ${when} audit is ${State} and starts ${Target?.Arn}`);
    expressions.push(ScheduleExpression);
  }
  return `${Object.keys(states).length} states, ${expressions.join(', ')}`;
}

import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { GetScheduleCommand, ListSchedulesCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { SCHEDULED_TIME } from '../../lib/configuration/resource-names.ts';

const summarySchema = z.looseObject({ outcome: z.string(), records: z.number() });

/** Runs that a function needs at most to catch up. */
const MAX_RUNS = 20;

/**
 * Invokes the target of every schedule of a tenant with the input of the schedule, until it has caught up.
 * @param endpoints @default - all that have a schedule
 * @throws Error if a schedule has another target than a function, or if a function fails
 */
export async function invokeSchedules(
  lambda: LambdaClient,
  group: string,
  region: string,
  tenant: string,
  endpoints?: readonly string[],
): Promise<string[]> {
  const inputs = await readInputs(group, region, tenant);
  const chosen = inputs.filter(({ endpoint }) => endpoints?.includes(endpoint) ?? true);
  for (const { arn, input } of chosen)
    for (let run = 0; ; run++) {
      const summary = summarySchema.parse(
        await invoke(lambda, arn, input.replace(SCHEDULED_TIME, new Date().toISOString())),
      );
      if (summary.outcome === 'done') break;
      if (run === MAX_RUNS) throw new Error(`${arn} does not catch up: ${JSON.stringify(summary)}`);
      // a run that is not done has started its successor, which holds the lease
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  return chosen.map(({ endpoint }) => endpoint);
}

/** Lists the inputs of a tenant's schedules. Nested endpoints come last, because they read what their parents have committed. */
async function readInputs(group: string, region: string, tenant: string) {
  const scheduler = new SchedulerClient({ region });
  const found: { endpoint: string; arn: string; input: string; isNested: boolean }[] = [];
  let token: string | undefined;
  do {
    const { Schedules = [], NextToken } = await scheduler.send(
      new ListSchedulesCommand({ GroupName: group, ...(token !== undefined && { NextToken: token }) }),
    );
    for (const { Name = '' } of Schedules) {
      const [owner, endpoint = ''] = Name.split('.');
      if (owner !== tenant) continue;
      const { Target, ScheduleExpression = '' } = await scheduler.send(
        new GetScheduleCommand({ GroupName: group, Name }),
      );
      const isNested = ScheduleExpression.startsWith('cron(') && !ScheduleExpression.startsWith('cron(0/');
      found.push({ endpoint, arn: Target?.Arn ?? '', input: Target?.Input ?? '', isNested });
    }
    token = NextToken;
  } while (token !== undefined);
  if (found.length === 0) throw new Error(`there is no schedule of ${tenant} in ${group}`);
  return found.sort((a, b) => Number(a.isNested) - Number(b.isNested) || (a.endpoint < b.endpoint ? -1 : 1));
}

async function invoke(lambda: LambdaClient, arn: string, payload: string): Promise<unknown> {
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName: arn, Payload: Buffer.from(payload) }),
  );
  const text = Buffer.from(Payload ?? []).toString();
  if (FunctionError !== undefined) throw new Error(`${arn} failed: ${text}`);
  return JSON.parse(text);
}

/** Puts the event of a schedule into the dead-letter queue of calls. */
export async function sendDeadLetter(deployment: string, region: string, tenant: string): Promise<void> {
  const inputs = await readInputs(deployment, region, tenant);
  const call = inputs.find(({ endpoint }) => endpoint === 'call');
  const sqs = new SQSClient({ region });
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: `${deployment}-call-failed` }));
  const MessageBody = (call?.input ?? '').replace(SCHEDULED_TIME, new Date().toISOString());
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
}

const reportSchema = z.looseObject({ deadLetters: z.looseObject({ obsolete: z.number() }) });

/** Invokes the watch with the input of its schedule. @throws Error if it does not delete the dead letter that is obsolete */
export async function watchOnce(lambda: LambdaClient, deployment: string, region: string): Promise<unknown> {
  const scheduler = new SchedulerClient({ region });
  const { Target } = await scheduler.send(
    new GetScheduleCommand({ GroupName: deployment, Name: `${deployment}-watch` }),
  );
  const report = reportSchema.parse(await invoke(lambda, Target?.Arn ?? '', Target?.Input ?? ''));
  if (report.deadLetters.obsolete !== 1)
    throw new Error(`the watch keeps an obsolete event: ${JSON.stringify(report)}`);
  return report;
}

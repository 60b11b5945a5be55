import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';

/** Has a function run once more, and does not wait for it. */
export async function invokeAgain(functionArn: string, event: object): Promise<void> {
  const payload = Buffer.from(JSON.stringify(event));
  await new LambdaClient().send(
    new InvokeCommand({ FunctionName: functionArn, InvocationType: 'Event', Payload: payload }),
  );
}

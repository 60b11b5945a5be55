import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';

/** Invokes a function again, without waiting for its result. */
export async function invokeAgain(functionArn: string, event: object): Promise<void> {
  const payload = Buffer.from(JSON.stringify(event));
  await new LambdaClient().send(
    new InvokeCommand({ FunctionName: functionArn, InvocationType: 'Event', Payload: payload }),
  );
}

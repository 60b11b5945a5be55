import type { AwsClients } from '../../lambdas/aws/aws-clients.ts';

/**
 * Counts what is sent to S3 and DynamoDB from now on, by operation and place: `PutItem metrics-0`, `PutObject raw`; and the
 * statements of batches: `INSERT metrics-0`.
 */
export async function countOperations({
  s3: load,
  dynamodb,
}: Pick<AwsClients, 's3' | 'dynamodb'>): Promise<Map<string, number>> {
  const { client: s3 } = await load();
  const counts = new Map<string, number>();
  const count = ({ commandName = '' }: { commandName?: string }, input: object) => {
    const statements: { Statement: string }[] = 'Statements' in input ? Object(input.Statements) : [];
    const inserted = statements.map(({ Statement }) => /^INSERT INTO "([^"]+)"/.exec(Statement)?.[1]);
    const place =
      'TableName' in input ? input.TableName : 'Key' in input ? String(input.Key).split('/')[0] : (inserted[0] ?? '');
    add(`${commandName.replace(/Command$/, '')} ${place}`);
    for (const table of inserted) add(`INSERT ${table}`);
  };
  const add = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
  s3.middlewareStack.add((next, context) => (args) => {
    count(context, args.input);
    return next(args);
  });
  dynamodb.middlewareStack.add((next, context) => (args) => {
    count(context, args.input);
    return next(args);
  });
  return counts;
}

/** How many of the operations have a name that passes a test. */
export const operationsOf = (counts: ReadonlyMap<string, number>, test: (name: string) => boolean): number =>
  [...counts].reduce((sum, [name, count]) => (test(name) ? sum + count : sum), 0);

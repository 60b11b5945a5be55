import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import * as z from 'zod/mini';
import { type LocalServer, listenLocally } from './local-server.ts';

/** User name and password of a tenant's API credential. */
export interface LocalCredential {
  readonly username: string;
  readonly password: string;
}

const requestSchema = z.object({ SecretId: z.string() });

/** Starts a Secrets Manager that supports `GetSecretValue`, with these secrets by name. They stay in memory. */
export function startSecretStore(secrets: Readonly<Record<string, LocalCredential>>): Promise<LocalServer> {
  const byName = new Map(Object.entries(secrets));
  const server = createServer(async (request, response) => {
    const { status, body } = answer(
      byName,
      request.headers['x-amz-target'],
      await json(request).catch(() => undefined),
    );
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
  });
  return listenLocally(server);
}

function answer(secrets: ReadonlyMap<string, LocalCredential>, target: unknown, body: unknown) {
  if (target !== 'secretsmanager.GetSecretValue') return failure('UnknownOperationException', `no operation ${target}`);
  const request = requestSchema.safeParse(body);
  if (!request.success) return failure('InvalidParameterException', 'SecretId is missing');
  const { SecretId: name } = request.data;
  const credential = secrets.get(name);
  if (credential === undefined)
    return failure('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  const secret = {
    ARN: `arn:aws:secretsmanager:us-east-1:000000000000:secret:${name}`,
    Name: name,
    SecretString: JSON.stringify(credential),
  };
  return { status: 200, body: secret };
}

const failure = (type: string, message: string) => ({ status: 400, body: { __type: type, message } });

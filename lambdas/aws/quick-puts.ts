import type http from 'node:http';
import { type DynamoDBDocumentClient, PutCommand, type PutCommandInput } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { unlessRefused } from './conditional-write.ts';
import { RequestSigner } from './request-signer.ts';

/** An answer is waited for this long before the SDK takes over, milliseconds. */
const PATIENCE = 5_000;

/** Connections to DynamoDB at most: no fewer than items are written at a time. */
const CONNECTIONS = 50;

/** After so many unclear answers in a row all is left to the SDK. */
const MOST_UNCLEAR = 20;

/** How items become attributes, for the SDK and here. */
export const MARSHALL_OPTIONS = { removeUndefinedValues: true };

/** What a request of the SDK says about where it goes. */
const placeSchema = z.object({ protocol: z.string(), hostname: z.string(), port: z.optional(z.number()) });

/** Where requests go, how, and who signs them. */
interface Service {
  readonly url: URL;
  readonly request: typeof http.request;
  readonly agent: http.Agent;
  readonly signer: RequestSigner;
}

/**
 * Conditional `PutItem` in a quarter of the CPU time that the AWS SDK takes for it: nearly all of what a function does for a
 * call is this one request. It is tried once, as soon as the SDK has made a request and so shown where DynamoDB is. Whatever is
 * not a plain yes or no of DynamoDB (throttling, an error, no answer) is left to the SDK, which sends the same request again with
 * all its patience.
 */
export class QuickPuts {
  readonly #client: DynamoDBDocumentClient;
  #place: URL | undefined;
  #service: Promise<Service> | undefined;
  #unclear = 0;

  /** @param client its place, region and credentials are used */
  constructor(client: DynamoDBDocumentClient) {
    this.#client = client;
    // the SDK finds out where DynamoDB is: arguments, environment, profiles, kinds of endpoints
    client.middlewareStack.add(
      (next) => (args) => {
        this.#place ??= placeOf(args.request);
        return next(args);
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
  }

  /** @returns false if the condition did not hold @throws what the SDK throws */
  async put(input: PutCommandInput): Promise<boolean> {
    const place = this.#place;
    if (place === undefined || this.#unclear >= MOST_UNCLEAR) return this.#patiently(input);
    const isWritten = await this.#quickly(place, input);
    this.#unclear = isWritten === undefined ? this.#unclear + 1 : 0;
    return isWritten ?? this.#patiently(input);
  }

  /** @returns undefined if there was no clear answer */
  async #quickly(place: URL, input: PutCommandInput): Promise<boolean | undefined> {
    try {
      const { config } = this.#client;
      this.#service ??= config.region().then((region) => open(place, region));
      const service = await this.#service;
      const credentials = await config.credentials();
      const { Item: item, ExpressionAttributeValues: values, ...rest } = input;
      const body = JSON.stringify({
        ...rest,
        Item: marshall(item, MARSHALL_OPTIONS),
        ...(values && { ExpressionAttributeValues: marshall(values, MARSHALL_OPTIONS) }),
      });
      const headers = service.signer.sign('PutItem', body, credentials, new Date());
      const { status, text } = await post(service, body, headers);
      if (status === 200) return true;
      return status === 400 && text.includes('#ConditionalCheckFailedException"') ? false : undefined;
    } catch {
      return undefined;
    }
  }

  async #patiently(input: PutCommandInput): Promise<boolean> {
    return (await unlessRefused(this.#client.send(new PutCommand(input)))) !== undefined;
  }
}

function placeOf(request: unknown): URL {
  const { protocol, hostname, port } = placeSchema.parse(request);
  return new URL(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`);
}

/** Loads what a cold start can do without: a run that finds nothing new puts nothing. */
async function open(url: URL, region: string): Promise<Service> {
  const { Agent, request } = await (url.protocol === 'http:' ? import('node:http') : import('node:https'));
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  return { url, request, agent, signer: new RequestSigner(url.host, region) };
}

function post({ url, request, agent }: Service, body: string, headers: Readonly<Record<string, string>>) {
  return new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers: { ...headers }, timeout: PATIENCE }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => {
        text += part;
      });
      answer.on('end', () => resolve({ status: answer.statusCode, text }));
      answer.on('error', reject);
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer in time')));
    sent.on('error', reject);
    sent.end(body);
  });
}

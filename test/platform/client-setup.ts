import { onTestFinished } from 'vitest';
import { parseBaseUrl } from '../../lambdas/platform/base-url.ts';
import { CcaipClient } from '../../lambdas/platform/client.ts';
import type { Credential } from '../../lambdas/platform/credentials.ts';
import { type Answer, type AnsweringServer, serveAnswers } from '../support/canned-answers.ts';
import { VirtualTime } from '../support/virtual-time.ts';

export const PASSWORD = 'cr3d-tok3n/+=';

export interface Setup {
  readonly client: CcaipClient;
  readonly server: AnsweringServer;
  readonly time: VirtualTime;
  /** Requests for a slot, and pauses in milliseconds. */
  readonly budget: { acquired: number; timeLeft: number; readonly pauses: number[] };
  /** Whether each read of the credential was a refresh. */
  readonly credentialReads: boolean[];
}

interface Options {
  readonly timeLeft?: () => number;
  readonly random?: () => number;
  readonly fetch?: typeof fetch;
  /** Credential after the first refresh. */
  readonly rotated?: Credential;
  readonly prefix?: string;
  /** @default - that of the server */
  readonly origin?: string;
}

/** A client in front of a server that gives these answers. */
export async function clientFor(answers: readonly Answer[], options: Options = {}): Promise<Setup> {
  const time = new VirtualTime();
  const server = await serveAnswers(
    ...answers.map<Answer>((answer) => (request, response) => {
      // the clock of the platform agrees with ours unless the answer says otherwise
      response.setHeader('date', new Date(time.now()).toUTCString());
      answer(request, response);
    }),
  );
  onTestFinished(server.close);
  const budget = { acquired: 0, timeLeft: 0, pauses: [] as number[] };
  const credentialReads: boolean[] = [];
  const client = new CcaipClient({
    baseUrl: parseBaseUrl(`${options.origin ?? server.origin}${options.prefix ?? '/manager/api/v1'}`),
    credentials: {
      get: async (refresh) => {
        credentialReads.push(refresh);
        const initial = { username: 'acme', password: PASSWORD };
        return refresh ? (options.rotated ?? initial) : initial;
      },
    },
    budget: {
      acquire: async (timeLeft) => {
        budget.timeLeft = timeLeft;
        budget.acquired += 1;
      },
      pause: async (milliseconds) => {
        budget.pauses.push(milliseconds);
      },
    },
    effects: time.effects({
      ...(options.random && { random: options.random }),
      ...(options.fetch && { fetch: options.fetch }),
    }),
    timeLeft: options.timeLeft ?? (() => 15 * 60_000),
  });
  return { client, server, time, budget, credentialReads };
}

/** The error that a promise ends with. */
export async function failureOf(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: Error) => error,
  );
}

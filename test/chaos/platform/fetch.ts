import { MAX_ANSWER_BYTES } from '../../../lambdas/platform/answer-body.ts';
import type { Faults, HttpFault } from '../chaos-faults.ts';
import type { Process } from '../chaos-process.ts';
import type { Random } from '../chaos-random.ts';
import { timeoutOf } from '../virtual-timeout.ts';
import type { Platform } from './chaos-platform.ts';
import { answerOf, fromQuirky, type HttpAnswer, OVERSIZED, type Served, serve, toQuirky } from './http.ts';
import type { RequestLog } from './request-log.ts';

interface FetchContext {
  readonly process: Process;
  readonly platform: Platform;
  readonly log: RequestLog;
  readonly faults: Faults;
  readonly random: Random;
  /** Called after each answered request: the moment at which a change hurts most. */
  readonly served: (served: Served) => void;
}

/** A body that is too large. */
const TOO_MANY_BYTES = new Uint8Array(MAX_ANSWER_BYTES + 1);

const lost = (code: string) => new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });

/** `fetch` of one function: takes time, goes wrong, counts against the tenant's rate. */
export function platformFetch(context: FetchContext): typeof fetch {
  const { process, faults, random, log } = context;
  const request: typeof fetch = async (input, init) => {
    const url = new URL(String(input));
    const limit = timeoutOf(init?.signal);
    const fault = faults.http();
    const slow = fault === 'slow' ? random.skewed(500, 40_000) : fault === 'silent' ? 1e9 : 0;
    const there = random.int(5, 60) + (random.chance(0.5) ? slow : 0);
    const back = random.int(5, 60) + slow;
    const authorization = new Headers(init?.headers).get('authorization');
    log.sent(process);
    const place = `${url.pathname.slice(15)}${decodeURIComponent(url.search)}`;
    if (there + back <= limit) {
      const answer = await process.call({
        label: `GET ${place}${fault === null ? '' : ` (${fault})`}`,
        there,
        back,
        act: () => act(context, url, authorization, fault),
      });
      // a test double: the client reads status, headers and body
      return {
        status: answer.status,
        headers: answer.headers,
        body: new ReadableStream({
          pull: async (controller) => {
            const body = await readBody(context, answer, fault);
            controller.enqueue(body === OVERSIZED ? TOO_MANY_BYTES : new TextEncoder().encode(body));
            controller.close();
          },
        }),
      } as Response;
    }
    // served or not, the client has given up before the answer comes
    return process.call({
      label: `GET ${place} (time-out)`,
      there: limit,
      back: 0,
      act: () => {
        throw new DOMException('The operation was aborted due to timeout', 'TimeoutError');
      },
    });
  };
  return request;
}

function act(
  { platform, log, served }: FetchContext,
  url: URL,
  authorization: string | null,
  fault: HttpFault | null,
): HttpAnswer {
  if (log.isTooMany() || fault === 'tooMany') return answerOf(platform, 429, '');
  if (fault === 'serverError') return answerOf(platform, 502, '<html>Bad Gateway</html>');
  if (fault === 'html') return answerOf(platform, 200, '<html>Maintenance</html>');
  if (fault === 'empty') return answerOf(platform, 200, '');
  const result = serve(platform, url, authorization);
  if (result.served !== undefined) served(result.served);
  if (fault === 'reset') throw lost('ECONNRESET');
  const { answer } = result;
  if (!platform.quirks.hasAny || answer.status !== 200 || answer.body === OVERSIZED) return answer;
  return fromQuirky(platform, platform.quirks.any(toQuirky(answer), platform.now()));
}

function readBody({ process, random }: FetchContext, { body }: HttpAnswer, fault: HttpFault | null) {
  return process.call({
    label: 'body',
    there: random.int(0, 20),
    back: 0,
    act: () => {
      if (fault === 'resetInBody') throw lost('UND_ERR_SOCKET');
      return fault === 'truncated' && body !== OVERSIZED ? body.slice(0, Math.floor(body.length * 0.7)) : body;
    },
  });
}

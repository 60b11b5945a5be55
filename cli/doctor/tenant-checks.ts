import { ENDPOINTS } from '../../catalog/index.ts';
import type { Effects } from '../../lambdas/common/effects.ts';
import type { Credential } from '../../lambdas/platform/credentials.ts';
import { formatProxy } from '../../lambdas/platform/proxy.ts';
import type { Shell } from '../terminal/shell.ts';
import { type Answer, askCollection, type Collection } from './collection-checks.ts';
import { type Finding, reportOk, reportWarning } from './finding.ts';
import { examineNetwork } from './network-checks.ts';

export interface TenantExamination {
  /** Checked by `parseBaseUrl`. */
  readonly baseUrl: URL;
  readonly credential: Credential;
  /** Requests per second. */
  readonly rate: number;
  /** The proxy on the way to the platform. @default - there is none */
  readonly proxy?: URL | undefined;
  readonly effects: Pick<Effects, 'fetch' | 'now' | 'sleep'> & Pick<Shell, 'lookUp'>;
}

/** How far back tails are asked: enough to see records, little enough to be quick. */
const LOOK_BACK = 30 * 86_400_000;

/** A platform whose clock is further off than this is worth a word, seconds. */
const SKEW = 30;

/** Headers in which platforms tell how much of the rate is left. */
const RATE_HEADER = /rate-?limit|retry-after|quota/i;

/**
 * Examines a tenant with one request for each collection: network, credential, what answers, and the habits of its pages.
 * It stops where going on would teach nothing.
 */
export async function examineTenant({
  baseUrl,
  credential,
  rate,
  proxy,
  effects,
}: TenantExamination): Promise<Finding[]> {
  // the proxy looks the name up, and a direct connection may be refused
  const findings =
    proxy === undefined
      ? await examineNetwork(baseUrl, effects)
      : [reportOk('proxy', `${baseUrl.host} is asked through ${formatProxy(proxy)}`)];
  if (findings.some(({ state }) => state === 'wrong')) return findings;
  const question = { baseUrl, credential, from: effects.now() - LOOK_BACK, ...effects };
  const answers: Answer[] = [];
  for (const collection of collections()) {
    if (answers.length > 0) await effects.sleep(1000 / rate);
    const answer = await askCollection(collection, question);
    answers.push(answer);
    findings.push(answer.finding);
    // no other collection would answer anything else
    if (answer.status === 401 || answer.status === null) return findings;
  }
  const answered = answers.filter(({ rows }) => rows !== null);
  if (answered.length > 0)
    findings.push(...habitsOf(answered), clockOf(answered), rateOf(answers), latencyOf(answered));
  return findings;
}

/** Every path of the catalog once; nested records come with their parents. */
function collections(): Collection[] {
  const byPath = Map.groupBy(
    ENDPOINTS.flatMap((endpoint) =>
      endpoint.source.kind === 'nested' ? [] : [{ endpoint, path: endpoint.source.path }],
    ),
    ({ path }) => path,
  );
  return [...byPath].map(([path, entries]) => ({ path, endpoints: entries.map(({ endpoint }) => endpoint) }));
}

function habitsOf(answers: readonly Answer[]): Finding[] {
  const missing = (header: string) => answers.filter(({ headers }) => headers.get(header) === null).length;
  const judged = (header: string, consequence: string) => {
    const without = missing(header);
    return without === 0
      ? reportOk(header, 'sent with every page')
      : reportWarning(header, `missing from ${without} of ${answers.length} answers`, consequence);
  };
  return [
    judged('Total', 'nothing: without it a tail that is far behind is read one request at a time, complete but slower'),
    judged('Link', 'nothing: without it a further page is asked for until one is empty'),
  ];
}

/** Cursors live in the platform's clock; ours only decides leases and rates. */
function clockOf(answers: readonly Answer[]): Finding {
  const skews = answers.flatMap(({ headers, at, took }) => {
    const date = Date.parse(headers.get('date') ?? '');
    return Number.isNaN(date) ? [] : [(date + 500 - (at - took / 2)) / 1000];
  });
  const skew = middle(skews);
  if (skew === undefined)
    return reportWarning(
      'clock',
      'no Date header',
      'nothing: the clock of the functions is taken for that of the platform',
    );
  const found =
    Math.abs(skew) < 1
      ? "the platform's and this machine's agree to the second"
      : `the platform's is ${Math.abs(skew).toFixed(0)} s ${skew < 0 ? 'behind' : 'ahead of'} this machine's`;
  return Math.abs(skew) > SKEW
    ? reportWarning(
        'clock',
        found,
        "set this machine's clock if it is the one that is wrong; ingestion goes by the platform's",
      )
    : reportOk('clock', found);
}

function rateOf(answers: readonly Answer[]): Finding {
  const told = new Map(answers.flatMap(({ headers }) => [...headers].filter(([name]) => RATE_HEADER.test(name))));
  const limited = answers.filter(({ status }) => status === 429).length;
  const headers = [...told].map(([name, value]) => `${name}: ${value}`).join(', ');
  const found = `${limited} of ${answers.length} requests answered 429; ${headers || 'no header tells what is left'}`;
  return limited === 0
    ? reportOk('rate', found)
    : reportWarning(
        'rate',
        found,
        'find the integration that uses the rate up, or lower requestsPerSecond of the tenant',
      );
}

const latencyOf = (answers: readonly Answer[]): Finding =>
  reportOk(
    'latency',
    `${(middle(answers.map(({ took }) => took)) ?? 0).toFixed(0)} ms for a page, half of them sooner`,
  );

function middle(numbers: readonly number[]): number | undefined {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

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

/** How far back tails are read. Far enough to find records, and short enough to be quick. */
const LOOK_BACK = 30 * 86_400_000;

/** Seconds of clock difference that give a warning. */
const SKEW = 30;

/** Headers that may say how much of the rate limit is left. */
const RATE_HEADER = /rate-?limit|retry-after|quota/i;

/**
 * Checks a tenant with one request to each collection: network, credential, answers and page headers.
 * Stops if further requests would give the same answer.
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
    // every other collection would give the same answer
    if (answer.status === 401 || answer.status === null) return findings;
  }
  const answered = answers.filter(({ rows }) => rows !== null);
  if (answered.length > 0)
    findings.push(...habitsOf(answered), clockOf(answered), rateOf(answers), latencyOf(answered));
  return findings;
}

/** Every path of the catalog once. Nested records come with their parents. */
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
    judged(
      'Total',
      'nothing to do. Without it, a tail that is far behind is read completely but more slowly, one request at a time',
    ),
    judged('Link', 'nothing to do. Without it, pages are requested until one is empty'),
  ];
}

/** Cursors use the platform's clock. Ours only decides leases and rates. */
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
      "nothing to do. The functions use their own clock instead of the platform's",
    );
  const found =
    Math.abs(skew) < 1
      ? 'the platform and this machine agree to the second'
      : `the platform is ${Math.abs(skew).toFixed(0)} s ${skew < 0 ? 'behind' : 'ahead of'} this machine`;
  return Math.abs(skew) > SKEW
    ? reportWarning('clock', found, "if this machine's clock is wrong, set it. Ingestion uses the platform's clock")
    : reportOk('clock', found);
}

function rateOf(answers: readonly Answer[]): Finding {
  const told = new Map(answers.flatMap(({ headers }) => [...headers].filter(([name]) => RATE_HEADER.test(name))));
  const limited = answers.filter(({ status }) => status === 429).length;
  const headers = [...told].map(([name, value]) => `${name}: ${value}`).join(', ');
  const found = `${limited} of ${answers.length} requests answered 429; ${headers || 'no header says how many are left'}`;
  return limited === 0
    ? reportOk('rate', found)
    : reportWarning(
        'rate',
        found,
        'find the integration that uses up the rate limit, or lower requestsPerSecond of the tenant',
      );
}

const latencyOf = (answers: readonly Answer[]): Finding =>
  reportOk('latency', `${(middle(answers.map(({ took }) => took)) ?? 0).toFixed(0)} ms for a page (median)`);

function middle(numbers: readonly number[]): number | undefined {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

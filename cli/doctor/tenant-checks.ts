import { ENDPOINTS } from '../../catalog/index.ts';
import type { Effects } from '../../lambdas/common/effects.ts';
import { parseRetryAfter } from '../../lambdas/common/retry.ts';
import type { Credential } from '../../lambdas/platform/credentials.ts';
import { MAX_CLOCK_DIFFERENCE, PlatformClock } from '../../lambdas/platform/platform-clock.ts';
import { formatProxy } from '../../lambdas/platform/proxy.ts';
import { describeRefusal } from '../../lambdas/runs/explain-refusal.ts';
import type { Shell } from '../terminal/shell.ts';
import { judgeCollection } from './collection-checks.ts';
import { type Finding, reportBadQuirk, reportOk, reportQuirk, reportWarning } from './finding.ts';
import { examineNetwork } from './network-checks.ts';
import { findPageQuirks } from './observed-pages.ts';
import { findRecordQuirks } from './observed-records.ts';
import { askPage, type Collection, type Observation } from './page-observation.ts';
import { planNext } from './page-plan.ts';

export interface TenantExamination {
  /** Checked by `parseBaseUrl`. */
  readonly baseUrl: URL;
  readonly credential: Credential;
  /** Requests per second. */
  readonly rate: number;
  /** The proxy for requests to the platform. @default - none */
  readonly proxy?: URL | undefined;
  readonly effects: Pick<Effects, 'fetch' | 'now' | 'sleep'> & Pick<Shell, 'lookUp'>;
}

/** Seconds of clock difference that give a warning. */
const SKEW = 30;

/** How long the checks pause after an answer 429, milliseconds. */
const MIN_PAUSE = 1_000;
const MAX_PAUSE = 30_000;

/** Headers that may say how much of the rate limit is left. */
const RATE_HEADER = /rate-?limit|retry-after|quota/i;

/** The observations of one collection. */
interface Examined {
  readonly collection: Collection;
  readonly observations: readonly Observation[];
}

/**
 * Checks a tenant with a few requests to each collection: network, credential, answers, and what differs from the reference.
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
  const clock = new PlatformClock(effects.now);
  const asking = { baseUrl, credential, clock, fetch: effects.fetch, now: effects.now };
  const examined: Examined[] = [];
  let requests = 0;
  let last: Observation | undefined;
  for (const collection of collections()) {
    const observations: Observation[] = [];
    for (;;) {
      const question = planNext(collection, observations, clock.now());
      if (question === undefined) break;
      if (requests > 0) await effects.sleep(Math.max(1000 / rate, readPause(observations.at(-1) ?? last)));
      requests += 1;
      observations.push(await askPage(collection, question, asking));
    }
    last = observations.at(-1);
    examined.push({ collection, observations });
    findings.push(judgeCollection(collection, observations));
    const status = observations[0]?.status ?? null;
    // every other collection would give the same answer
    if (status === 401 || status === null) return findings;
    findings.push(
      ...findPageQuirks(collection, observations),
      ...findRecordQuirks(collection, observations, clock.now()),
    );
  }
  const answers = examined.flatMap(({ observations }) => observations);
  const pages = answers.filter(({ body }) => body.kind === 'page');
  if (pages.length === 0) return findings;
  return [
    ...explainRefusals(findings, examined),
    ...habitsOf(pages),
    ...clockOf(answers),
    rateOf(answers),
    latencyOf(answers),
    compressionOf(pages),
  ];
}

/** Milliseconds to wait after an answer 429, bounded. */
function readPause(observation: Observation | undefined): number {
  if (observation?.status !== 429) return 0;
  const asked = parseRetryAfter(observation.headers.get('retry-after'), observation.at);
  return Math.min(MAX_PAUSE, asked ?? MIN_PAUSE);
}

/** Some collections can be read, so the tenant lacks those that are refused. */
function explainRefusals(findings: readonly Finding[], examined: readonly Examined[]): Finding[] {
  return findings.map((finding) => {
    const refused = examined.find(({ collection }) => collection.path === finding.subject);
    const status = refused?.observations[0]?.status;
    if (refused === undefined || status === undefined || status === null) return finding;
    const { path, endpoints } = refused.collection;
    const refusal = describeRefusal(
      status,
      path,
      endpoints.map(({ name }) => name),
    );
    return refusal === undefined
      ? finding
      : reportBadQuirk(path, 'collection-refused', 'wrong', refusal.found, 'all others are read', refusal.todo);
  });
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

function habitsOf(answers: readonly Observation[]): Finding[] {
  const judge = (header: string, handling: string) => {
    // an answer 204 has no headers of a page
    const pages = answers.filter(({ status }) => status === 200);
    const without = pages.filter(({ headers }) => headers.get(header) === null).length;
    return without === 0
      ? reportOk(header, 'sent with every page')
      : reportQuirk(
          header,
          `${header.toLowerCase()}-missing`,
          `missing from ${without} of ${pages.length} answers`,
          handling,
        );
  };
  return [
    judge('Total', 'a tail that is far behind is read completely, one request at a time'),
    judge('Link', 'pages are requested until one is empty'),
    judge('Per-Page', 'a page with fewer than 100 rows ends nothing: ingestion asks for one more'),
  ];
}

/** Cursors use the platform's clock. Ours only decides leases and rates. */
function clockOf(answers: readonly Observation[]): Finding[] {
  const dated = answers.filter(({ status }) => status !== null);
  const skews = dated.flatMap(({ headers, at, took, hasSimulatedClock }) => {
    const date = Date.parse(headers.get('date') ?? '');
    return Number.isNaN(date) ? [] : [{ seconds: (date + 500 - (at - took / 2)) / 1000, hasSimulatedClock }];
  });
  const missing = dated.length - skews.length;
  const findings =
    missing === 0
      ? []
      : [
          reportQuirk(
            'Date',
            'date-missing',
            `missing from ${missing} of ${dated.length} answers`,
            skews.length === 0
              ? "the functions use their own clock instead of the platform's"
              : 'the difference that other answers showed is used',
          ),
        ];
  const isFar = ({ seconds, hasSimulatedClock }: (typeof skews)[number]) =>
    !hasSimulatedClock && Math.abs(seconds) * 1000 > MAX_CLOCK_DIFFERENCE;
  const far = skews.filter(isFar).map(({ seconds }) => seconds);
  if (far.length > 0)
    findings.push(
      reportBadQuirk(
        'clock',
        'clock-apart',
        'warning',
        `${far.length} of ${skews.length} answers have a Date up to ${describeSkew(far.toSorted((a, b) => Math.abs(b) - Math.abs(a))[0] ?? 0)} this machine`,
        `a Date more than ${MAX_CLOCK_DIFFERENCE / 60_000} minutes away is not used, and the run warns`,
        "check this machine's clock. If it is right, tell the operator of the platform",
      ),
    );
  const skew = middle(skews.filter((each) => !isFar(each)).map(({ seconds }) => seconds));
  if (skew === undefined) return findings;
  const found =
    Math.abs(skew) < 1
      ? 'the platform and this machine agree to the second'
      : `the platform is ${describeSkew(skew)} this machine`;
  const isSimulated = skews.some(({ hasSimulatedClock }) => hasSimulatedClock);
  return [
    ...findings,
    Math.abs(skew) > SKEW && !isSimulated
      ? reportWarning('clock', found, "if this machine's clock is wrong, set it. Ingestion uses the platform's clock")
      : reportOk('clock', found),
  ];
}

const describeSkew = (seconds: number): string =>
  `${Math.abs(seconds).toFixed(0)} s ${seconds < 0 ? 'behind' : 'ahead of'}`;

function rateOf(answers: readonly Observation[]): Finding {
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

const latencyOf = (answers: readonly Observation[]): Finding =>
  reportOk('latency', `${(middle(answers.map(({ took }) => took)) ?? 0).toFixed(0)} ms for a page (median)`);

function compressionOf(pages: readonly Observation[]): Finding {
  const sizes = pages.map(({ body }) => (body.kind === 'page' ? body.bytes : 0));
  const largest = `the largest page has ${Math.ceil(Math.max(0, ...sizes) / 1000)} kB`;
  const encodings = new Set(
    pages.map(({ headers }) => headers.get('content-encoding')).filter((name) => name !== null),
  );
  return reportOk(
    'encoding',
    encodings.size === 0 ? `not compressed; ${largest}` : `${[...encodings].join(', ')}; ${largest}`,
  );
}

function middle(numbers: readonly number[]): number | undefined {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

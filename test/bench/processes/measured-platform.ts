import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Collection } from '../../../simulator/collections.ts';
import { createRateLimit, type RateLimitKind } from '../../../simulator/rate-limit.ts';
import { simulate } from '../../../simulator/simulation.ts';

/** A platform with more records in one collection than a simulated centre could hold. */
export interface PlatformOptions {
  readonly collection: Collection;
  readonly cursor: string;
  readonly records: number;
  /** Requests in a second; null for no limit. */
  readonly requestsPerSecond: number | null;
  /** How it counts them. @default 'token-bucket' */
  readonly rateLimit?: RateLimitKind;
  readonly latencyMs: number;
  /** Milliseconds between two records. @default 8,000 */
  readonly apartMs?: number;
}

// Entry of a process: records of the simulated centre, repeated, some time apart; tells its address, and its counts when asked.
const {
  collection,
  cursor,
  records,
  requestsPerSecond,
  rateLimit = 'token-bucket',
  latencyMs,
  apartMs = 8_000,
}: PlatformOptions = JSON.parse(process.argv[2] ?? '');
const START = Date.parse('2026-01-01T00:00:00.000Z');
const ID = 4_000_000_000;
const INSTANT = /"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))"/;

const timeOf = (index: number) => START + index * apartMs;
const templates = templatesOf();
const limit = requestsPerSecond === null ? null : createRateLimit(rateLimit, requestsPerSecond, performance.now());
const counts = { requests: 0, rejected: 0 };
const started = Date.now();

const server = createServer(async (request, response) => {
  counts.requests += 1;
  const date = new Date(timeOf(records) + 3_600_000 + Date.now() - started).toUTCString();
  response.sendDate = false;
  if (limit !== null && !limit.admit(performance.now())) {
    counts.rejected += 1;
    response.writeHead(429, { date, 'simulated-clock': 'true', 'retry-after': '1' }).end('{}');
    return;
  }
  if (latencyMs > 0) await sleep(latencyMs);
  const { body, total, isLast } = answer(new URL(request.url ?? '/', 'http://platform').searchParams);
  response.writeHead(200, {
    date,
    'simulated-clock': 'true',
    'content-type': 'application/json',
    total,
    link: `<http://${request.headers.host}${request.url}>; rel="${isLast ? 'last' : 'next'}"`,
  });
  response.end(body);
});
server.listen(0, '127.0.0.1', () => {
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}/manager/api/v1`);
});
process.on('message', () => process.send?.(counts));

function answer(query: URLSearchParams) {
  const from = Date.parse(query.get(`${cursor}[from]`) ?? new Date(START).toISOString());
  const to = Date.parse(query.get(`${cursor}[to]`) ?? new Date(timeOf(records)).toISOString());
  const first = Math.max(0, Math.ceil((from - START) / apartMs));
  const end = Math.max(first, Math.min(records, Math.floor((to - START) / apartMs) + 1));
  const at = first + (Number(query.get('page') ?? 1) - 1) * 100;
  const rows = Array.from({ length: Math.max(0, Math.min(100, end - at)) }, (_, i) => render(at + i));
  return { body: `[${rows.join(',')}]`, total: end - first, isLast: at + 100 >= end };
}

/** Texts of records, cut at every time; every second part is a time. */
function templatesOf() {
  const centre = simulate({ days: 2, seats: 30 });
  return centre
    .records(collection, centre.endMs + 86_400_000)
    .filter((record) => record[cursor] !== null && record.ended_at !== null)
    .slice(0, 500)
    .map((record) => {
      const cursorTime = Date.parse(String(record[cursor]));
      const parts = JSON.stringify({ ...record, id: ID }).split(INSTANT);
      return { parts, ages: parts.map((part, i) => (i % 2 === 1 ? Date.parse(part) - cursorTime : 0)) };
    });
}

function render(index: number): string {
  const { parts = [], ages = [] } = templates[index % templates.length] ?? {};
  const time = timeOf(index);
  let text = '';
  for (const [i, part] of parts.entries())
    text += i % 2 === 1 ? `"${new Date(time + (ages[i] ?? 0)).toISOString()}"` : part;
  return text.replace(String(ID), String(index + 1));
}

import type { Endpoint } from '../../../catalog/index.ts';
import { parseTimestamp, readTimestamp } from '../../../catalog/timestamp.ts';
import type { IngestEvent } from '../../../lambdas/runs/ingest-event.ts';
import type { LocalFunctions } from '../../../local/runtime/local-functions.ts';
import { count } from '../../terminal/counting.ts';
import type { Progress, Step } from '../../terminal/progress.ts';
import { type EndpointResult, readCheckpoint, runEndpoint } from './endpoint-run.ts';

interface CatchUp {
  readonly functions: LocalFunctions;
  readonly tenant: IngestEvent['tenant'];
  readonly endpoints: readonly Endpoint[];
  /** The platform's time at the start, epoch milliseconds. */
  readonly now: number;
  readonly progress: Progress;
  readonly note: (sentence: string) => void;
}

/** Results by endpoint name, in the order of the endpoints. */
export type Results = ReadonlyMap<string, EndpointResult>;

const POLL = 400;

/** Runs endpoints in parallel, parents before their nested endpoints. */
export async function catchUp(options: CatchUp): Promise<Results> {
  const steps = new Map(options.endpoints.map(({ name }) => [name, options.progress.step(name)]));
  const results = new Map<string, EndpointResult>();
  const runAll = (endpoints: readonly Endpoint[]) =>
    Promise.all(endpoints.map(async (endpoint) => results.set(endpoint.name, await shown(options, endpoint, steps))));
  for (const endpoints of orderByParents(options.endpoints)) await runAll(endpoints);
  return new Map([...steps.keys()].flatMap((name) => [...results].filter(([known]) => known === name)));
}

/** Splits endpoints into those that run first and the nested ones that run after them. */
export function orderByParents(endpoints: readonly Endpoint[]): readonly (readonly Endpoint[])[] {
  const isNested = ({ source }: Endpoint) => source.kind === 'nested';
  return [endpoints.filter((endpoint) => !isNested(endpoint)), endpoints.filter(isNested)];
}

async function shown(options: CatchUp, { name }: Endpoint, steps: ReadonlyMap<string, Step>): Promise<EndpointResult> {
  const { functions, tenant, now, progress, note } = options;
  const event: IngestEvent = { endpoint: name, tenant, scheduledTime: new Date(now).toISOString() };
  const step = steps.get(name);
  const started = performance.now();
  const poll = progress.live ? setInterval(() => void update(options, event, step), POLL) : undefined;
  const result = await runEndpoint(functions, event, () =>
    note(`${name}: waiting up to two minutes for the lease of an interrupted run`),
  );
  clearInterval(poll);
  for (const warning of result.warnings) note(`${name}: ${warning}`);
  step?.done(result.error === undefined ? summaryOf(result, performance.now() - started) : 'failed');
  return result;
}

/** Shows the position of an endpoint's cursor between the start of history and now. */
async function update({ functions, tenant, now }: CatchUp, event: IngestEvent, step: Step | undefined): Promise<void> {
  const head = await readCheckpoint(functions, event).catch(() => undefined);
  if (head === undefined || head.seq === 0) return;
  const from = readTimestamp(tenant.historyStart);
  const cursor = parseTimestamp(head.cursor);
  const fraction = cursor === null || now <= from ? 0 : (cursor - from) / (now - from);
  step?.update(Math.max(0, fraction), `${count(head.records, 'record')}`);
}

function summaryOf(
  { records, batches, requests, quarantined, unreadable }: EndpointResult,
  milliseconds: number,
): string {
  const parts = [count(records, 'record'), count(batches, 'batch', 'batches'), count(requests, 'request')];
  if (quarantined > 0) parts.push(`${quarantined} in quarantine`);
  if (unreadable > 0) parts.push(`${unreadable} unreadable`);
  return `${parts.join(', ')}, ${(milliseconds / 1000).toFixed(1)} s`;
}

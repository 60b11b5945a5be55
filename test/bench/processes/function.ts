import diagnostics from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import type { IngestEvent } from '../../../lambdas/runs/ingest-event.ts';
import type { IngestSummary } from '../../../lambdas/runs/run-summary.ts';

/** What invocations of a function took. */
export interface FunctionRun<Summary = IngestSummary> {
  readonly summary: Summary;
  readonly seconds: number;
  /** CPU seconds of the whole process, start excluded. */
  readonly cpuSeconds: number;
  /** Largest resident memory of the process so far. */
  readonly peakMegabytes: number;
  /** Requests to AWS by operation or method. */
  readonly operations: Readonly<Record<string, number>>;
}

// Entry of a process: the deployed bundle; invokes it with every event it is sent and tells what it took.
const { handler } = await import(process.argv[2] === undefined ? '' : JSON.parse(process.argv[2]));
const operations: Record<string, number> = {};
diagnostics.subscribe('http.client.request.start', (message) => {
  const { request } = message as { request: ClientRequest };
  const operation = String(request.getHeader('x-amz-target') ?? `S3.${request.method}`);
  operations[operation] = (operations[operation] ?? 0) + 1;
});

process.on('message', async (event: IngestEvent) => {
  const before = { ...operations };
  const started = performance.now();
  const cpu = process.cpuUsage();
  const summary = await handler(event, {
    awsRequestId: `bench-${started}`,
    invokedFunctionArn: '',
    getRemainingTimeInMillis: () => 3_600_000,
  });
  const { user, system } = process.cpuUsage(cpu);
  const run: FunctionRun = {
    summary,
    seconds: (performance.now() - started) / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
    operations: Object.fromEntries(
      Object.entries(operations).map(([name, count]) => [name, count - (before[name] ?? 0)]),
    ),
  };
  process.send?.(run);
});
process.send?.('ready');

import diagnostics from 'node:diagnostics_channel';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds from the start of loading a bundle. */
export interface LoadTimes {
  readonly loaded: number;
  /** When the first request to AWS was sent; reports that the bundle loaded if it sent none. */
  readonly requested: number;
}

// Entry of a process: loads a bundle, invokes its handler and tells how long that took; a request gets no answer.
const { bundle, event }: { bundle: string; event: unknown } = JSON.parse(process.argv[2] ?? '');
// Node continues its start (it compiles TypeScript here) in other threads for a moment
await sleep(100);
const started = performance.now();
const { handler } = await import(bundle);
const loaded = performance.now() - started;
diagnostics.subscribe('http.client.request.start', () => {
  process.send?.({ loaded, requested: performance.now() - started } satisfies LoadTimes, () => process.exit());
});
await handler(event, { awsRequestId: 'bench', invokedFunctionArn: '', getRemainingTimeInMillis: () => 900_000 });
process.send?.({ loaded, requested: loaded } satisfies LoadTimes);

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { listPaths } from '../../catalog/index.ts';
import { type ServerOptions, serve } from '../../simulator/api-server.ts';
import { simulate } from '../../simulator/simulation.ts';
import { differences } from './outcome.ts';
import { Run } from './trial-run.ts';

// npm run trial:kill [-- --seed <number>] [--kills <number>]: kills `ccaip run` at random moments while the platform fails, then
// lets it come to its end; the outcome must be that of a run that was never disturbed.
const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, kills: { type: 'string', default: '20' } },
});
const seed = Number(values.seed);
const kills = Number(values.kills);

const CREDENTIAL = { username: 'trial', password: 'trial' };
const FAULTS = { rateLimited: 0.01, serverError: 0.03, dropped: 0.03, truncated: 0.02, empty: 0.01, html: 0.01 };

const simulation = simulate({ seed, days: 3, seats: 40 });
const platform = (faults: ServerOptions['faults']) =>
  serve(simulation, {
    now: () => simulation.endMs,
    requestsPerSecond: null,
    emptyCollections: listPaths(),
    ...CREDENTIAL,
    ...(faults && { faults }),
  });
const folder = await mkdtemp(join(tmpdir(), 'ccaip-kill-'));
const undisturbed = join(folder, 'undisturbed');
const killed = join(folder, 'killed');
const since = new Date(simulation.startMs).toISOString();

const calm = await platform(undefined);
const reference = await new Run({ url: calm.url, folder: undisturbed, since, ...CREDENTIAL }).end();
await calm.close();
console.log(`undisturbed: ${calm.requests} requests, ${seconds(reference.life)}`);

const faulty = await platform({ seed, ...FAULTS });
const random = randomOf(seed);
for (let kill = 1; kill <= kills; kill++) {
  const run = new Run({ url: faulty.url, folder: killed, since, ...CREDENTIAL });
  const before = faulty.requests;
  await run.begins(() => faulty.requests > before);
  const moment = random() * (reference.life / 6);
  const wasKilled = await run.killAfter(moment);
  const what = wasKilled ? 'killed' : 'at its end already';
  console.log(
    `${String(kill).padStart(2)}: ${what} ${seconds(moment)} after its first request, ${faulty.requests - before} requests`,
  );
}
const last = await new Run({ url: faulty.url, folder: killed, since, ...CREDENTIAL }).end();
console.log(`once more: ended with ${last.code} after ${seconds(last.life)}; ${faulty.requests} requests in all`);
await faulty.close();

const found = [
  ...(reference.code === 0 && last.code === 0 ? [] : [`exit codes ${reference.code} and ${last.code}`]),
  ...(await differences(undisturbed, killed)),
];
for (const difference of found) console.log(`DIFFERENT ${difference}`);
console.log(found.length === 0 ? 'equal: views, raw versions, metrics items' : `not equal, see ${folder}`);
if (found.length === 0) await rm(folder, { recursive: true });
process.exitCode = found.length === 0 ? 0 : 1;

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/** Uniform in [0, 1), the same sequence for a seed. */
function randomOf(start: number): () => number {
  let state = start + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findEndpoint } from '../../catalog/index.ts';
import { simulate } from '../../simulator/simulation.ts';
import { close, listen } from '../support/fake-platform.ts';
import { ccaip, complaints, jsonFrom, startSimulator, temporaryFolder } from './run-ccaip.ts';

// most of this run is waiting between attempts, so it begins before the other tests
const poisoned = runPoisoned();

async function runPoisoned() {
  const folder = await temporaryFolder();
  const options = ['--seats', '4', '--days', '1', '--seed', '3', '--dir', join(folder.path, 'lake')];
  const outcome = await ccaip(['run', 'call', ...options, '--quirk', 'poison-record', '--json']);
  await folder.remove();
  return outcome;
}

describe('simulate', () => {
  let simulator: Awaited<ReturnType<typeof startSimulator>>;
  beforeAll(async () => {
    simulator = await startSimulator('--seats', '8', '--days', '2', '--speed', '0', '--rate', '0');
  });
  afterAll(() => simulator.end());

  test('refuses requests without the credential', async () => {
    expect((await fetch(`${simulator.url}/calls`)).status).toBe(401);
  });

  test('serves bare arrays with Total, Per-Page and Link', async () => {
    const { authorization, url } = simulator;
    const answer = await fetch(`${url}/calls?per=2`, { headers: { authorization } });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toHaveLength(2);
    expect(Number(answer.headers.get('total'))).toBeGreaterThan(2);
    expect(answer.headers.get('per-page')).toBe('2');
    expect(answer.headers.get('link')).toMatch(/page=2.*rel="next"/);
  });

  test('ends on SIGTERM with code 0', async () => {
    expect(await simulator.end()).toBe(0);
  });

  test('says that the port is in use and how to choose another', async () => {
    const server = createServer();
    const { port } = new URL(await listen(server));
    const outcome = await ccaip(['simulate', '--port', port, '--seats', '2', '--days', '1']);
    await close(server);
    expect({ code: outcome.code, stdout: outcome.stdout }).toEqual({ code: 1, stdout: '' });
    expect(outcome.stderr).toBe(
      `ccaip: port ${port} is in use. Choose another port with --port, or use --port 0 for a free port\n`,
    );
  });
});

test('simulate combines quirks', async () => {
  const options = ['--seats', '4', '--start', '2026-11-02', '--days', '2', '--speed', '0', '--rate', '0'];
  const simulator = await startSimulator(...options, '--quirk', 'total-off', '--quirk', 'no-content');
  const { authorization, url } = simulator;
  const list = (query: string) => fetch(`${url}/calls?${query}`, { headers: { authorization } });
  const [all, none] = [await list('per=100'), await list('updated_at[from]=2100-01-01T00:00:00Z')];
  await simulator.end();
  expect(all.headers.get('link')).not.toBeNull();
  const rows: unknown[] = JSON.parse(await all.text());
  expect(rows.length).toBeGreaterThan(0);
  expect(all.headers.get('total')).toBe(String(Math.max(0, rows.length - 100)));
  expect(none.status).toBe(204);
});

test('simulate lists the kinds of rate limits', async () => {
  const outcome = await ccaip(['simulate', '--rate-limit', 'leaky']);
  expect({ code: outcome.code, stdout: outcome.stdout }).toEqual({ code: 2, stdout: '' });
  expect(outcome.stderr).toMatch(/'leaky' is invalid.*token-bucket, sliding-window/);
});

describe('run against the simulator', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let dir: string;
  let code: number | null;
  const simulation = simulate({ seats: 8, days: 2, seed: 3 });
  const { counts, calls } = simulation.truth(simulation.endMs);
  const selected = Object.keys(counts).map((view) => {
    const existing = findEndpoint(view)?.source.kind === 'snapshot' ? ' WHERE deleted_at IS NULL' : '';
    return `(SELECT count(*) FROM ${view}${existing}) AS ${view}`;
  });
  const rows = async () =>
    jsonFrom<unknown[]>(await ccaip(['query', `SELECT ${selected.join(', ')}`, '--dir', dir, '--json']));

  beforeAll(async () => {
    folder = await temporaryFolder();
    dir = join(folder.path, 'lake');
    ({ code } = await ccaip(['run', '--seats', '8', '--days', '2', '--seed', '3', '--dir', dir]));
  });
  afterAll(() => folder.remove());

  test('fills every view with the records of the simulation', async () => {
    expect(code).toBe(0);
    expect(counts.call).toBeGreaterThan(50);
    expect(await rows()).toEqual([counts]);
  });

  test('computes the metrics of every call', async () => {
    const asked = await ccaip(['query', 'SELECT count(*) AS n FROM call_segments', '--dir', dir, '--json']);
    expect(jsonFrom(asked)).toEqual([{ n: calls.size }]);
  });

  test('adds nothing when it runs again', async () => {
    const again = await ccaip(['run', '--dir', dir, '--json']);
    expect(again.code).toBe(0);
    for (const [endpoint, result] of Object.entries(jsonFrom<Record<string, { records: number }>>(again)))
      expect({ endpoint, records: result.records }).toEqual({ endpoint, records: 0 });
    expect(await rows()).toEqual([counts]);
  });

  test('refuses another simulated centre in the same folder', async () => {
    const outcome = await ccaip(['run', '--seed', '4', '--dir', dir]);
    expect(outcome.code).toBe(2);
    expect(complaints(outcome)).toEqual([
      `${dir} holds another simulated centre (seed 3, 8 seats, 2 days from 2026-11-02). Leave out --seed, --seats, --days and --start, or choose another folder with --dir`,
    ]);
  });
});

test('run ingests a simulated centre with a quirk, and names the record that cannot be read', async () => {
  const simulation = simulate({ seats: 4, days: 1, seed: 3 });
  const { counts } = simulation.truth(simulation.endMs);
  const { code, stdout } = await poisoned;
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ call: { records: Number(counts.call) - 1, unreadable: 1 } });
});

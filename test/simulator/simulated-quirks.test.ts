import { afterEach, describe, expect, it } from 'vitest';
import { type SimulatorServer, serve } from '../../simulator/api-server.ts';
import { QUIRK_NAMES, type QuirkName, Quirks } from '../../simulator/quirks.ts';
import { simulate } from '../../simulator/simulation.ts';

const HOUR = 3_600_000;
const centre = simulate({ seed: 11, start: '2026-11-02T00:00:00.000Z', days: 1, seats: 6, callsPerDay: 150 });

/** When the platform is asked: with an empty day behind it, around noon, and when everything is over. */
const TIMES = [0, 12.03, 12.1, 23.98, 24.02, 48].map((hours) => centre.startMs + hours * HOUR);

const PATHS = ['/agents', ...[1, 2, 3, 4].map((page) => `/calls?sort_column=updated_at&page=${page}`), '/chats'];

/** The first statuses, and the last, which logouts end. */
const LOG_PATHS = ['', '&sort_direction=DESC'].map((order) => `/agent_activity_logs?sort_column=started_at${order}`);

let server: SimulatorServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** Everything that a platform with quirks answers to the same requests. */
async function listAnswers(names: readonly QuirkName[], seed = 1): Promise<string[]> {
  let now = centre.startMs;
  const quirks = new Quirks(names, seed, { deepest: 250, huge: 1_000, deleted: 250 });
  server = await serve(centre, { now: () => now, requestsPerSecond: null, quirks });
  const headers = { authorization: `Basic ${Buffer.from('simulator:simulator').toString('base64')}` };
  const answers: string[] = [];
  for (const time of TIMES) {
    now = time;
    for (const path of [...PATHS, ...LOG_PATHS]) {
      const answer = await fetch(`${server.url}${path}`, { headers });
      const shown = ['total', 'per-page', 'link', 'date', 'retry-after', 'simulated-clock'].map(
        (name) => `${name}: ${answer.headers.get(name)}`,
      );
      const text = [answer.status, ...shown, await answer.text()].join('\n');
      answers.push(text.replaceAll(server.origin, ''));
    }
  }
  await server.close();
  server = undefined;
  return answers;
}

describe('a simulated platform', () => {
  it.each(QUIRK_NAMES)('shows the quirk %s, the same way for each seed', async (name) => {
    const quirky = await listAnswers([name]);
    expect(await listAnswers([name])).toEqual(quirky);
    expect(quirky).not.toEqual(await listAnswers([]));
  });

  it('shows no fault without quirks', async () => {
    const answers = await listAnswers([]);
    for (const answer of answers) expect(answer).toMatch(/^200\ntotal: \d+\nper-page: 100\nlink: </);
  });

  it('has the same truth with all quirks at once', async () => {
    const truth = JSON.stringify([...centre.truth(centre.endMs).calls]);
    await listAnswers(QUIRK_NAMES);
    expect(JSON.stringify([...centre.truth(centre.endMs).calls])).toBe(truth);
  });
});

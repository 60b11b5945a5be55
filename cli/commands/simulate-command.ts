import { once } from 'node:events';
import { Command, Option } from 'commander';
import { listPaths } from '../../catalog/index.ts';
import { readErrorCode } from '../../local/aws/local-aws-error.ts';
import type { FaultOptions } from '../../simulator/api-faults.ts';
import { serve } from '../../simulator/api-server.ts';
import { QUIRK_NAMES, QUIRKS, type QuirkName, Quirks } from '../../simulator/quirks.ts';
import { RATE_LIMIT_KINDS, type RateLimitKind } from '../../simulator/rate-limit.ts';
import { simulate } from '../../simulator/simulation.ts';
import type { SimulationOptions } from '../../simulator/simulation-options.ts';
import { CommandError } from '../terminal/failure.ts';
import type { Shell } from '../terminal/shell.ts';
import { createJsonOption, createSimulationOptions, parseDecimalNumber, parseWholeNumber } from './common-options.ts';
import { addQuirk } from './quirk-names.ts';

interface SimulateOptions {
  readonly port: number;
  readonly rate: number;
  readonly rateLimit: RateLimitKind;
  readonly speed: number;
  readonly latency: number;
  readonly faultRate: number;
  readonly quirk?: readonly QuirkName[];
  readonly seed?: number;
  readonly seats?: number;
  readonly days?: number;
  readonly start?: string;
  readonly json?: true;
}

const DAY = 86_400_000;
const CREDENTIAL = { username: 'simulator', password: 'simulator' };

const HELP = `
The clock starts on the last simulated day, so that there is history to read. Without --start it starts at the current
time. It runs --speed times as fast as real time. There are no calls after the last day.

Examples:
  $ ccaip simulate
  $ ccaip simulate --port 9000 --seats 200 --speed 600 --rate 0
  $ ccaip simulate --fault-rate 0.05 --latency 200
  $ ccaip simulate --rate 10 --rate-limit sliding-window
  $ ccaip simulate --quirk total-off --quirk poison-record

Quirks, which depend on the seed alone:
${QUIRK_NAMES.map((name) => `  ${name.padEnd(23)} ${QUIRKS[name]}`).join('\n')}`;

export function simulateCommand(shell: Shell): Command {
  const command = new Command('simulate')
    .summary('serve the API of a simulated contact centre')
    .description('Serves the Manager API of a simulated contact centre until you press Ctrl-C.')
    .addOption(
      new Option('--port <number>', 'port on 127.0.0.1, or 0 for a free port')
        .default(8080)
        .argParser(parseWholeNumber(0, 65_535)),
    );
  for (const option of createSimulationOptions()) command.addOption(option);
  return command
    .addOption(
      new Option('--rate <number>', 'requests per second before it answers 429, or 0 for no limit')
        .default(10)
        .argParser(parseWholeNumber(0)),
    )
    .addOption(
      new Option('--rate-limit <kind>', 'algorithm of the rate limit')
        .choices(RATE_LIMIT_KINDS)
        .default('token-bucket'),
    )
    .addOption(
      new Option('--speed <number>', 'simulated seconds per real second, or 0 to stop the clock')
        .default(60)
        .argParser(parseDecimalNumber(0)),
    )
    .addOption(
      new Option('--latency <ms>', 'delay of each answer in milliseconds')
        .default(0)
        .argParser(parseWholeNumber(0, 60_000)),
    )
    .addOption(
      new Option('--fault-rate <share>', 'share of requests that fail, from 0 to 1')
        .default(0)
        .argParser(parseDecimalNumber(0, 1)),
    )
    .addOption(
      new Option('--quirk <name>', 'what the platform does wrong, from the list below; can be repeated').argParser(
        addQuirk,
      ),
    )
    .addOption(createJsonOption('print one JSON object with url, username, password and clock'))
    .addHelpText('after', HELP)
    .action((options: SimulateOptions) => runSimulator(shell, options));
}

async function runSimulator({ stdout, now: ownNow }: Shell, options: SimulateOptions): Promise<void> {
  const { port, rate, rateLimit, speed, latency, faultRate, quirk, json } = options;
  const started = ownNow();
  const simulation = simulate(centreOf(options, started));
  const first = options.start === undefined ? started : simulation.endMs - DAY;
  // the clock starts when the server listens, not when the simulation is computed
  const listening = { at: 0 };
  const now = () => Math.round(first + (listening.at === 0 ? 0 : (ownNow() - listening.at) * speed));
  const server = await serve(simulation, {
    now,
    port,
    requestsPerSecond: rate === 0 ? null : rate,
    rateLimit,
    latencyMs: latency,
    emptyCollections: listPaths(),
    ...CREDENTIAL,
    ...(quirk && { quirks: new Quirks(quirk, simulation.options.seed) }),
    ...(faultRate > 0 && { faults: faultsOf(faultRate, simulation.options.seed) }),
  }).catch((error: unknown) => {
    if (readErrorCode(error) === 'EADDRINUSE')
      throw new CommandError(
        `port ${port} is in use. Choose another port with --port, or use --port 0 for a free port`,
      );
    if (readErrorCode(error) === 'EACCES')
      throw new CommandError(`port ${port} needs elevated permissions. Choose a port above 1023 with --port`);
    throw error;
  });
  listening.at = ownNow();
  const clock = new Date(now()).toISOString();
  // listen for signals before the address is printed, because the reader may stop the server at once
  const ended = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  stdout.write(
    json
      ? `${JSON.stringify({ url: server.url, ...CREDENTIAL, clock, speed, simulation: simulation.options, ...(quirk && { quirks: quirk }) })}\n`
      : introduction(server.url, clock, options),
  );
  await ended;
  await server.close();
}

/** The simulated days end today unless a start is given. */
function centreOf({ seed, seats, days = 14, start }: SimulateOptions, now: number): SimulationOptions {
  const today = Math.floor(now / DAY) * DAY;
  return {
    days,
    start: start ?? new Date(today - (days - 1) * DAY).toISOString(),
    ...(seed !== undefined && { seed }),
    ...(seats !== undefined && { seats }),
  };
}

/** Splits the fault rate into the kinds of faults. */
const faultsOf = (rate: number, seed: number): FaultOptions => ({
  seed,
  rateLimited: rate * 0.2,
  serverError: rate * 0.3,
  dropped: rate * 0.15,
  truncated: rate * 0.1,
  empty: rate * 0.05,
  html: rate * 0.05,
  slow: rate * 0.15,
});

function introduction(url: string, clock: string, { speed, rate, rateLimit, quirk }: SimulateOptions): string {
  const { username, password } = CREDENTIAL;
  return `${url}
  user name ${username}, password ${password}
  clock     ${clock}, ${speed === 0 ? 'stopped' : `${speed} times as fast as real time`}
  limit     ${rate === 0 ? 'none' : `${rate} requests per second, ${rateLimit}`}
${quirk === undefined ? '' : `  quirks    ${quirk.join(', ')}\n`}
Try it:
  curl -u ${username}:${password} '${url}/calls?per=2&sort_column=updated_at&sort_direction=DESC'
  CCAIP_USERNAME=${username} CCAIP_PASSWORD=${password} npx ccaip run --base-url ${url} --tenant trial --dir trial

Press Ctrl-C to stop.
`;
}

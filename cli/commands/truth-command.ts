import { Command, Option } from 'commander';
import type { Channel } from '../../catalog/facts.ts';
import { METRICS } from '../../catalog/segment-metrics.ts';
import { computeCallSegments } from '../../lambdas/segments/call-segments.ts';
import { computeFacts } from '../../lambdas/segments/session-facts.ts';
import { type Simulation, simulate } from '../../simulator/simulation.ts';
import type { SessionStage } from '../../simulator/stages.ts';
import { count } from '../terminal/counting.ts';
import { CommandError } from '../terminal/failure.ts';
import type { Shell } from '../terminal/shell.ts';
import { formatTable } from '../terminal/text-table.ts';
import { createJsonOption, parseWholeNumber } from './common-options.ts';
import { compareFacts, countFields, type FactDifference } from './fact-difference.ts';
import { compareMetric, type Difference, describeTolerance } from './metric-difference.ts';

interface TruthOptions {
  readonly seed: number;
  readonly calls: number;
  readonly days: number;
  readonly json?: true;
}

/** How often the computed metrics equal the recorded truth, and where they differ. */
export interface Agreement {
  readonly calls: number;
  /** Events of all calls. The record of a call is read after each of its events. */
  readonly stages: number;
  /** Metrics compared: twelve per stage. */
  readonly metrics: number;
  readonly equal: number;
  /** Calls by family. */
  readonly families: Readonly<Record<string, number>>;
  /** Metrics by status, over all stages. */
  readonly statuses: Readonly<Record<string, number>>;
  /** The first differences. */
  readonly differences: readonly Difference[];
}

/** How often the computed facts equal the recorded truth. */
export interface FactAgreement {
  readonly chats: number;
  /** Events of all calls and chats. */
  readonly stages: number;
  /** Fields of facts compared. */
  readonly fields: number;
  readonly equal: number;
  /** The first differences. */
  readonly differences: readonly (FactDifference & { readonly channel: Channel })[];
}

const SHOWN = 20;
const CALLS_PER_SEAT_AND_DAY = 12;

const HELP = `
The simulation records what happened from its own events, never from API fields.
They are compared after every event of a call: in the menu, in the queue, ringing, connected, over, rated.`;

export function createTruthCommand(shell: Shell): Command {
  return new Command('truth')
    .summary('compare segment metrics and facts with what the simulation recorded')
    .description(
      'Computes the metrics and facts of all calls and chats of a simulated month in every stage and checks them.',
    )
    .option(
      '--seed <number>',
      'seed of the simulation; the same seed gives the same contact centre',
      parseWholeNumber(0),
      1,
    )
    .addOption(
      new Option('--calls <number>', 'approximate number of calls')
        .default(50_000)
        .argParser(parseWholeNumber(1, 1_000_000)),
    )
    .addOption(
      new Option('--days <number>', 'number of days with calls').default(30).argParser(parseWholeNumber(1, 366)),
    )
    .addOption(createJsonOption('print one JSON object with counts and differences'))
    .addHelpText('after', HELP)
    .action((options: TruthOptions) => truth(shell, options));
}

function truth({ stdout }: Shell, { seed, calls, days, json }: TruthOptions): void {
  const callsPerDay = Math.ceil(calls / days);
  const seats = Math.max(2, Math.ceil(callsPerDay / CALLS_PER_SEAT_AND_DAY));
  if (!json) stdout.write(`Simulating ${days} days of a contact centre with ${seats} seats ...\n`);
  const simulation = simulate({ seed, days, seats, callsPerDay });
  const agreement = compareStages(simulation);
  const facts = compareFactStages(simulation);
  stdout.write(
    json ? `${JSON.stringify({ ...agreement, facts }, null, 2)}\n` : `${inWords(agreement)}${factsInWords(facts)}`,
  );
  if (agreement.equal < agreement.metrics || facts.equal < facts.fields)
    throw new CommandError(
      'metrics or facts differ from what happened in the simulation. This is a defect. Please report it',
    );
}

/** Compares every metric of every call after each event of the call. */
export function compareStages(simulation: Pick<Simulation, 'callStages'>): Agreement {
  const families = new Map<string, number>();
  const statuses = new Map<string, number>();
  const differences: Difference[] = [];
  let stages = 0;
  let different = 0;
  for (const { record, truth: expected, isLast } of simulation.callStages()) {
    const { call_id, family, metrics } = computeCallSegments(record);
    stages += 1;
    if (isLast) families.set(family, (families.get(family) ?? 0) + 1);
    for (const metric of METRICS) {
      const { status } = metrics[metric];
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      const difference = compareMetric(call_id, metric, metrics[metric], expected.metrics[metric]);
      if (difference === undefined) continue;
      different += 1;
      if (differences.length < SHOWN) differences.push(difference);
    }
  }
  const metrics = stages * METRICS.length;
  return {
    calls: [...families.values()].reduce((sum, n) => sum + n, 0),
    stages,
    metrics,
    equal: metrics - different,
    families: Object.fromEntries(families),
    statuses: Object.fromEntries(statuses),
    differences,
  };
}

/** Compares every field of every fact of every call and chat after each event. */
export function compareFactStages(simulation: Pick<Simulation, 'callStages' | 'chatStages'>): FactAgreement {
  const differences: (FactDifference & { channel: Channel })[] = [];
  const total = { chats: 0, stages: 0, fields: 0, different: 0 };
  const compareAll = (channel: Channel, stages: Iterable<SessionStage>) => {
    for (const { record, facts, isLast } of stages) {
      total.stages += 1;
      total.fields += countFields(facts);
      if (channel === 'chat' && isLast) total.chats += 1;
      const found = compareFacts(record.id, facts, computeFacts(channel, record));
      total.different += found.length;
      const room = Math.max(0, SHOWN - differences.length);
      differences.push(...found.slice(0, room).map((difference) => ({ channel, ...difference })));
    }
  };
  compareAll('call', simulation.callStages());
  compareAll('chat', simulation.chatStages());
  const { chats, stages, fields, different } = total;
  return { chats, stages, fields, equal: fields - different, differences };
}

function factsInWords({ chats, stages, fields, equal, differences }: FactAgreement): string {
  return `${[
    `\nFacts of these calls and of ${count(chats, 'chat')}, read after each event: ${count(stages, 'record')}`,
    `Fields of facts compared with the simulation: ${equal.toLocaleString('en')} of ${fields.toLocaleString('en')} equal`,
    ...differences.map(
      (one) => `  ${one.channel} ${one.session_id} ${one.fact}.${one.field}: ${one.computed}, truth ${one.expected}`,
    ),
  ].join('\n')}\n`;
}

function inWords({ calls, stages, metrics, equal, families, statuses, differences }: Agreement): string {
  const rows = (counts: Readonly<Record<string, number>>) => Object.entries(counts).toSorted(([, a], [, b]) => b - a);
  return `${[
    `${count(calls, 'call')}, read after each event: ${count(stages, 'record')}\n`,
    formatTable(['family', 'calls'], rows(families)),
    formatTable(['status', 'metrics'], rows(statuses)),
    `Segment metrics compared with the simulation: ${equal.toLocaleString('en')} of ${metrics.toLocaleString('en')} equal`,
    `in value and status. The API gives whole seconds for ${describeTolerance()}`,
    ...differences.map((one) => `  call ${one.call_id} ${one.metric}: ${one.computed}, truth ${one.truth}`),
  ].join('\n')}\n`;
}

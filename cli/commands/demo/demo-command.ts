import { join } from 'node:path';
import { Writable } from 'node:stream';
import { Command } from 'commander';
import { ENDPOINTS } from '../../../catalog/index.ts';
import { RequestBudget } from '../../../lambdas/audit/request-budget.ts';
import { locateLake } from '../../../local/aws/local-aws.ts';
import { type LocalFunctions, startLocalFunctions } from '../../../local/runtime/local-functions.ts';
import { openWarehouse } from '../../../local/warehouse/open-warehouse.ts';
import { addDays } from '../../../sql/queries/parameters.ts';
import { count } from '../../terminal/counting.ts';
import { CommandError, SilentFailure } from '../../terminal/failure.ts';
import { createProgress } from '../../terminal/progress.ts';
import type { Shell } from '../../terminal/shell.ts';
import { auditFolder } from '../audit/audit-folder.ts';
import { formatTotals } from '../audit/audit-table.ts';
import { createDirOption, createJsonOption, parseWholeNumber } from '../common-options.ts';
import { clearDemoFolder, writeNote } from '../folder-note.ts';
import { writeReport } from '../report-command.ts';
import { catchUp } from '../run/catch-up.ts';
import { listProblems } from '../run/run-results.ts';
import { RAISED_RATE, type SimulatedTenant, startSimulatedTenant } from '../simulated-tenant.ts';
import { runDay } from './demo-day.ts';
import { printAnswers, printCall, printComparison, printNext, printTotals, readCall } from './demo-report.ts';
import { compareTotals, DemoTotals, readTotals } from './demo-totals.ts';
import { compareWithTruth, findBusiestCall, isDifferent } from './demo-truth.ts';

interface DemoOptions {
  readonly dir: string;
  readonly seed: number;
  readonly json?: true;
}

const DAY = 86_400_000;
const TENANT = 'demo';
const MAX_AUDIT_REQUESTS = 10_000;

/** The audit takes seconds: its progress is not shown. */
const QUIET = new Writable({ write: (_chunk, _encoding, done) => done() });

const HELP = `
The demo ingests thirteen days of history in one catch-up. It then ingests the fourteenth day live, hour by hour on a
virtual clock. It replaces the folder of an earlier demo and never touches any other folder.`;

export function createDemoCommand(shell: Shell): Command {
  return new Command('demo')
    .summary('ingest two weeks of a simulated contact centre and query them')
    .description(
      'Simulates two weeks of a 60-seat contact centre, ingests them with the real functions and queries them in SQL.',
    )
    .addOption(createDirOption())
    .option(
      '--seed <number>',
      'seed of the simulation; the same seed gives the same contact centre',
      parseWholeNumber(0),
      1,
    )
    .addOption(createJsonOption('print one JSON object with counts, comparison with the truth and answers'))
    .addHelpText('after', HELP)
    .action((options: DemoOptions) => demo(shell, options));
}

async function demo(shell: Shell, { dir, seed, json }: DemoOptions): Promise<void> {
  const say = (text: string) => void shell[json ? 'stderr' : 'stdout'].write(`${text}\n`);
  await clearDemoFolder(dir);
  const { truth, call, totals, stream, period, audit, ...spent } = await ingestDemo(shell, dir, seed, say);
  // one thread, so that the demo runs well on a small machine
  await using warehouse = await openWarehouse(locateLake(dir), { threads: 1 });
  const answers = await printAnswers(warehouse, period, say);
  printCall(call, say);
  const comparison = await compareWithTruth(warehouse, truth);
  printComparison(comparison, say);
  const queues = await compareTotals(warehouse, totals, period);
  printTotals(queues, stream, say);
  say(`\n━━ Audit of the platform against the lake: ${formatTotals(audit)}`);
  const file = join(dir, 'report.html');
  await writeReport({ dir, ...period, zone: 'UTC', from: lastWeekOf(period), out: file });
  say(`\n━━ HTML report with charts: ${file}`);
  printNext(dir, spent, say);
  if (json)
    shell.stdout.write(`${JSON.stringify({ ...spent, ...comparison, audit, queues, call, answers }, null, 2)}\n`);
  if (audit.proven < audit.endpoints)
    throw new CommandError('the audit found records missing. This is a defect. Please report it');
  if (comparison.differences.length > 0 || comparison.counts.some(isDifferent) || queues.different.length > 0)
    throw new CommandError('the lake differs from the truth of the simulation. This is a defect. Please report it');
}

/** Simulates and ingests. Afterwards servers and stores are closed and the lake remains. */
async function ingestDemo(shell: Shell, dir: string, seed: number, say: (text: string) => void) {
  const started = performance.now();
  say('Simulating two weeks of a contact centre with 60 seats ...');
  const centre = await startSimulatedTenant({ seed }, TENANT);
  const queues = new DemoTotals();
  const functions = await startLocalFunctions({
    folder: dir,
    secrets: centre.secrets,
    tenants: [centre.tenant],
    onMetricsChange: queues.add,
  });
  try {
    await writeNote(dir, { content: 'demo', simulation: centre.simulation.options });
    say(
      `The simulated tenant allows ${RAISED_RATE} requests per second. A real tenant allows 10. The clock is virtual, the requests are real.\n`,
    );
    await ingestFortnight(shell, functions, centre, say);
    await queues.deliver(functions);
    const seconds = (performance.now() - started) / 1000;
    const { requests } = centre.server;
    const audit = await auditDemo(functions, centre, dir);
    const truth = centre.simulation.truth(centre.now);
    const call = await readCall(functions, TENANT, findBusiestCall(truth));
    const totals = await readTotals(functions);
    const { startMs, endMs } = centre.simulation;
    const period = { from: dayOf(startMs), to: dayOf(endMs - 1) };
    return { truth, call, totals, stream: queues.summary, period, audit, seconds, requests };
  } finally {
    await functions.close();
    await centre.server.close();
  }
}

/** Compares every endpoint with the simulated platform. */
async function auditDemo(functions: LocalFunctions, { simulation, tenant, now }: SimulatedTenant, dir: string) {
  const range = { from: simulation.startMs, until: now };
  const budget = new RequestBudget(MAX_AUDIT_REQUESTS);
  const progress = createProgress(QUIET);
  const audited = { functions, dir, tenant, endpoints: ENDPOINTS, range, now, heal: false, budget, progress };
  return (await auditFolder(audited)).summary;
}

/** The report covers the last seven days, so that it can compare them with the week before. */
const lastWeekOf = ({ to }: { readonly to: string }) => addDays(to, -6);

const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10);

async function ingestFortnight(
  { stderr, environment }: Shell,
  functions: LocalFunctions,
  centre: SimulatedTenant,
  say: (text: string) => void,
) {
  const { simulation, tenant } = centre;
  const progress = createProgress(stderr);
  centre.now = simulation.endMs - DAY;
  say('Ingesting thirteen days of history in one catch-up of every function:');
  const note = (sentence: string) => void stderr.write(`${sentence}\n`);
  const results = await catchUp({ functions, tenant, endpoints: ENDPOINTS, now: centre.now, progress, note });
  const problems = listProblems(results, tenant.baseUrl, environment);
  for (const problem of problems) note(`ccaip: ${problem}`);
  if (problems.length > 0) throw new SilentFailure();
  const day = await runDay({ functions, centre, progress });
  progress.stop();
  say(
    `\nIngested the fourteenth day live with the runs of the schedules: ${day.runs} runs, ${count(day.records, 'record')}, ${count(day.batches, 'batch', 'batches')}.`,
  );
}

import { access } from 'node:fs/promises';
import { Command } from 'commander';
import { createAwsClients } from '../../lambdas/stores/clients.ts';
import { type EndpointStatus, readStatus } from '../../lambdas/stores/state-reader.ts';
import { lakeFolder, startLocalAws } from '../aws/index.ts';
import { CommandError } from './failure.ts';
import { dirOption, jsonOption } from './options.ts';
import { textTable } from './text-table.ts';

interface StatusOptions {
  readonly dir: string;
  readonly json?: true;
}

const COLUMNS = [
  'tenant',
  'endpoint',
  'cursor',
  'last run',
  'outcome',
  'records',
  'batches',
  'quarantined',
  'lease until',
];

export function statusCommand(): Command {
  return new Command('status')
    .summary('show where each endpoint stands')
    .description('Shows cursor, last run, totals and lease of every tenant and endpoint in a folder.')
    .addOption(dirOption())
    .addOption(jsonOption('print a JSON array: one object per tenant and endpoint'))
    .addHelpText('after', '\nExamples:\n  $ ccaip status\n  $ ccaip status --dir acme --json')
    .action(status);
}

async function status({ dir, json }: StatusOptions): Promise<void> {
  const statuses = await readStatuses(dir);
  if (json) process.stdout.write(`${JSON.stringify(statuses, null, 2)}\n`);
  else if (statuses.length === 0) process.stdout.write(`nothing was ingested into ${dir} yet\n`);
  else process.stdout.write(tableOf(statuses));
}

async function readStatuses(folder: string): Promise<EndpointStatus[]> {
  await access(lakeFolder(folder)).catch(() => {
    throw new CommandError(
      `there is nothing ingested in ${folder}: run ccaip demo or ccaip run first, or point --dir to the folder of a run`,
    );
  });
  const local = await startLocalAws(folder, { secrets: {} });
  Object.assign(process.env, local.environment);
  const { dynamodb } = createAwsClients();
  try {
    return await readStatus(dynamodb, local.environment.STATE_TABLE, Date.now());
  } finally {
    dynamodb.destroy();
    await local.close();
  }
}

function tableOf(statuses: readonly EndpointStatus[]): string {
  const failures = statuses.flatMap(({ tenant, endpoint, lastRun }) =>
    lastRun?.error === undefined ? [] : [`${tenant} ${endpoint}: ${lastRun.error}\n`],
  );
  const rows = statuses.map(({ tenant, endpoint, cursor, seq, records, quarantined, lastRun, leaseUntil }) => [
    tenant,
    endpoint,
    cursor ?? '-',
    lastRun?.startedAt ?? '-',
    lastRun?.outcome ?? '-',
    records,
    seq,
    quarantined,
    leaseUntil ?? '-',
  ]);
  return `${textTable(COLUMNS, rows)}${failures.join('')}`;
}

import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import { readStatus } from '../../lambdas/ledger/endpoint-status.ts';
import { locateLake } from '../../local/aws/local-aws.ts';
import { curateTables } from '../../local/curation/curate-tables.ts';
import { ParquetCurator } from '../../local/curation/parquet-curator.ts';
import { startLocalFunctions } from '../../local/runtime/local-functions.ts';
import { openWarehouse } from '../../local/warehouse/open-warehouse.ts';
import { count } from '../terminal/counting.ts';
import { CommandError } from '../terminal/failure.ts';
import type { Shell } from '../terminal/shell.ts';
import { formatTable } from '../terminal/text-table.ts';
import { createDirOption, createJsonOption } from './common-options.ts';

interface CurateOptions {
  readonly dir: string;
  readonly json?: true;
}

const HELP = `
The tables curated_call, curated_call_segments and so on have the columns of the views call, call_segments and so on.
Each run merges the batches that were committed since the last one. To see how fresh the tables are:
  $ ccaip query "select * from curated_freshness"`;

export function curateCommand(shell: Shell): Command {
  return new Command('curate')
    .summary('update the curated tables, which answer queries faster')
    .description('Updates the curated tables of a folder, which hold the rows of the largest views as Parquet files.')
    .addOption(createDirOption())
    .addOption(createJsonOption('print a JSON array with the days merged per table and tenant'))
    .addHelpText('after', HELP)
    .action((options: CurateOptions) => curate(shell, options));
}

async function curate({ stdout, now }: Shell, { dir, json }: CurateOptions): Promise<void> {
  const lake = locateLake(dir);
  const functions = await startLocalFunctions({ folder: dir, secrets: {}, tenants: [] });
  try {
    const { dynamodb } = functions.aws;
    const statuses = await readStatus(dynamodb, functions.stateTable, now());
    const tenants = [...new Set(statuses.map(({ tenant }) => tenant))];
    if (tenants.length === 0)
      throw new CommandError(`there is nothing to curate in ${dir}. Run ccaip demo or ccaip run first`);
    await using warehouse = await openWarehouse(lake);
    const curated = await curateTables({
      client: dynamodb,
      stateTable: functions.stateTable,
      tenants,
      curator: new ParquetCurator(warehouse, lake),
      run: randomUUID(),
    });
    if (json) stdout.write(`${JSON.stringify(curated)}\n`);
    else {
      const rows = curated.map(({ table, tenant, days }) => [table, tenant, days]);
      stdout.write(formatTable(['table', 'tenant', 'days merged'], rows));
      stdout.write(
        `${count(
          curated.reduce((sum, { days }) => sum + days, 0),
          'day',
        )} merged\n`,
      );
    }
  } finally {
    await functions.close();
  }
}

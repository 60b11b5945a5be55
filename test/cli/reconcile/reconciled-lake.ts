import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { PORTAL_REPORTS } from '../../../catalog/portal-reports.ts';
import { chooseKeys, matchColumns } from '../../../cli/reconcile/column-match.ts';
import { readPortalCsv } from '../../../cli/reconcile/portal-csv.ts';
import { askPortalQuery } from '../../../cli/reconcile/portal-query.ts';
import { type Reconciliation, reconcile } from '../../../cli/reconcile/reconciliation.ts';
import { readContext } from '../../../cli/reconcile/session-context.ts';
import { locateLake } from '../../../local/aws/local-aws.ts';
import { openWarehouse } from '../../../local/warehouse/open-warehouse.ts';
import type { Warehouse } from '../../../local/warehouse/warehouse.ts';
import { simulate } from '../../../simulator/simulation.ts';
import { listTrueSessions, PortalExport, type TrueSession } from '../../support/portal-export.ts';
import { writeSimulatedLake } from '../../support/simulated-lake.ts';
import { temporaryFolder } from '../run-ccaip.ts';

/** The days of the simulation. There are no calls at night, so nothing is near a midnight. */
export const DAYS = ['2026-11-02', '2026-11-03'];

/** A folder with the lake of two simulated days, and exports of what really happened. */
export interface ReconciledLake {
  readonly folder: string;
  readonly portal: PortalExport;
  readonly chatPortal: PortalExport;
  readonly sessions: readonly TrueSession[];
  /** Writes an export and compares it with the lake. */
  readonly compare: (report: string, text: string, options?: CompareOptions) => Promise<Reconciliation>;
}

interface CompareOptions {
  readonly zone?: string;
  readonly maps?: Readonly<Record<string, string>>;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly days?: readonly string[];
  readonly channel?: 'call' | 'chat';
}

/** @param hours hours after the start of the simulation at which the lake was read */
export function useReconciledLake(hours = 72): () => ReconciledLake {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let warehouse: Warehouse;
  let lake: ReconciledLake;
  beforeAll(async () => {
    folder = await temporaryFolder();
    const simulation = simulate({ seed: 4, days: 2, seats: 16 });
    const at = simulation.startMs + hours * 3_600_000;
    const place = locateLake(folder.path);
    await mkdir(place, { recursive: true });
    const records = await writeSimulatedLake(place, simulation, at);
    const end = simulation.endMs + 86_400_000;
    const sessions = listTrueSessions(simulation.callStages(), end);
    const chats = listTrueSessions(simulation.chatStages(), end);
    warehouse = await openWarehouse(place, { threads: 2 });
    const file = join(folder.path, 'export.csv');
    lake = {
      folder: folder.path,
      sessions,
      portal: new PortalExport(sessions, records),
      chatPortal: new PortalExport(chats, records),
      compare: async (name, text, { zone = 'UTC', maps = {}, parameters = {}, days = DAYS, channel = 'call' } = {}) => {
        await writeFile(file, text);
        const report = PORTAL_REPORTS.find((one) => one.name === name);
        if (report === undefined) throw new Error(`there is no report ${name}`);
        const csv = await readPortalCsv(file);
        const match = matchColumns(report, csv.headers, maps);
        const keys = chooseKeys(file, report, match, csv.headers);
        const period = { from: days[0] ?? '', to: days.at(-1) ?? '' };
        const scope = { tenant: 'acme', channel, zone, ...period };
        const { rows: here } = await askPortalQuery(warehouse, report, scope, parameters);
        const context = await readContext(warehouse, report, scope);
        return reconcile({ report, csv, match, keys, here, days: period, zone, context });
      },
    };
  });
  afterAll(async () => {
    await warehouse.close();
    await folder.remove();
  });
  return () => lake;
}

/** Differences by column and reason, e.g. `talk_time hold_in_talk`. */
export const listDifferences = ({ columns }: Reconciliation): Record<string, number> =>
  Object.fromEntries(
    columns.flatMap(({ column, reasons }) => reasons.map(({ reason, rows }) => [`${column} ${reason}`, rows])),
  );

/** Rows of one side by reason. */
export const listReasons = ({ reasons }: Reconciliation['only_here']): Record<string, number> =>
  Object.fromEntries(reasons.map(({ reason, rows }) => [reason, rows]));

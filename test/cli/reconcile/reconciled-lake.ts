import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { Channel } from '../../../catalog/facts.ts';
import { PORTAL_REPORTS } from '../../../catalog/portal-reports.ts';
import { chooseKeys, matchColumns } from '../../../cli/reconcile/column-match.ts';
import { readPortalCsv } from '../../../cli/reconcile/portal-csv.ts';
import { askPortalQuery } from '../../../cli/reconcile/portal-query.ts';
import { type Reconciliation, reconcile } from '../../../cli/reconcile/reconciliation.ts';
import { readContext } from '../../../cli/reconcile/session-context.ts';
import { locateLake } from '../../../local/aws/local-aws.ts';
import { openWarehouse } from '../../../local/warehouse/open-warehouse.ts';
import type { Warehouse } from '../../../local/warehouse/warehouse.ts';
import { Quirks } from '../../../simulator/quirks.ts';
import { simulate } from '../../../simulator/simulation.ts';
import { writeExport } from '../../support/portal-export.ts';
import type { ExportHabits } from '../../support/portal-habits.ts';
import { writeSimulatedLake } from '../../support/simulated-lake.ts';
import { TrueCentre } from '../../support/true-centre.ts';
import type { TrueSession } from '../../support/true-sessions.ts';
import { temporaryFolder } from '../run-ccaip.ts';

/** The days of the simulation. There are no calls at night, so nothing is near a midnight. */
export const DAYS = ['2026-11-02', '2026-11-03'];

/** Days and channel of an export. */
interface ExportScope {
  readonly days?: readonly string[];
  readonly channel?: Channel;
  /** Whether it was written when the lake was read. @default - when everything was over */
  readonly isEarly?: true;
}

interface CompareOptions extends ExportScope {
  readonly zone?: string;
  readonly maps?: Readonly<Record<string, string>>;
  readonly parameters?: Readonly<Record<string, string>>;
}

/** A folder with the lake of two simulated days, and exports of what really happened. */
export interface ReconciledLake {
  readonly folder: string;
  /** Calls as they really were when everything was over. */
  readonly sessions: readonly TrueSession[];
  /** Writes an export of what really happened. */
  readonly write: (report: string, habits?: ExportHabits, scope?: ExportScope) => string;
  /** Writes an export and compares it with the lake. */
  readonly compare: (report: string, habits?: ExportHabits, options?: CompareOptions) => Promise<Reconciliation>;
}

/** Views that are read once for all comparisons of a file. */
const READ_ONCE = [
  'session_outcome',
  'queue_visit',
  'agent_leg',
  'transfer',
  'virtual_agent_leg',
  'status_interval',
  'agent_event',
  'queue',
  'agent',
];

/**
 * The platform lets some statuses run on after the logout, as it did until 2026-03-24.
 * @param hours hours after the start of the simulation at which the lake was read
 */
export function useReconciledLake(hours = 72): () => ReconciledLake {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let warehouse: Warehouse;
  let lake: ReconciledLake;
  beforeAll(async () => {
    folder = await temporaryFolder();
    const simulation = simulate({ seed: 4, days: 2, seats: 16 });
    const collections = simulation.collections(new Quirks(['status-after-logout'], 1));
    const at = simulation.startMs + hours * 3_600_000;
    const place = locateLake(folder.path);
    await mkdir(place, { recursive: true });
    const platform = { ...simulation, records: collections.records.bind(collections) };
    const records = await writeSimulatedLake(place, platform, at);
    const end = simulation.endMs + 86_400_000;
    const centres = new Map<string, TrueCentre>();
    const findCentre = ({ channel = 'call', isEarly }: ExportScope): TrueCentre => {
      const key = `${channel} ${isEarly}`;
      const known = centres.get(key) ?? new TrueCentre(simulation, channel, isEarly ? at : end, records);
      centres.set(key, known);
      return known;
    };
    warehouse = await openWarehouse(place, { threads: 2 });
    for (const view of READ_ONCE) await warehouse.run(`CREATE TEMP TABLE ${view} AS SELECT * FROM ccaip.${view}`);
    const file = join(folder.path, 'export.csv');
    const write: ReconciledLake['write'] = (report, habits, scope = {}) =>
      writeExport(report, findCentre(scope), scope.days ?? DAYS, habits);
    lake = {
      folder: folder.path,
      sessions: findCentre({}).sessions,
      write,
      compare: async (name, habits, options = {}) => {
        const { zone = 'UTC', maps = {}, parameters = {}, days = DAYS, channel = 'call' } = options;
        await writeFile(file, write(name, habits, options));
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

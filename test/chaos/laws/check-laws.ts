import { findEndpoint, type NestedParent } from '../../../catalog/index.ts';
import type { Item } from '../aws/document.ts';
import type { TenantLines } from '../chaos-lake.ts';
import type { Simulation, TenantState } from '../chaos-simulation.ts';
import { METRICS_TABLE, STATE_TABLE } from '../chaos-tables.ts';
import type { Row } from '../platform/chaos-collection.ts';
import { type RawLine, rawLines } from './lake-view.ts';
import { checkLedger, readLedger } from './ledger-law.ts';
import { checkMetrics, checkSegments } from './metrics-law.ts';
import { checkNested } from './nested-law.ts';
import { checkRate } from './rate-law.ts';
import { checkSnapshot } from './snapshot-law.ts';
import { checkTail } from './tail-law.ts';
import { checkUnreadable, readJournal, readQuarantine } from './unreadable-law.ts';
import type { Report, Violation } from './violation.ts';

/** Checks everything that must hold when faults have stopped and everything has run once more. */
export function checkLaws(simulation: Simulation): Violation[] {
  return simulation.tenants.flatMap((state) => new TenantCheck(simulation, state).run());
}

/** What every tenant's endpoints have in the lake. */
export const readLines = ({ tenants, aws, watch }: Simulation): TenantLines[] =>
  tenants.flatMap(({ tenant: { name: tenant }, world }) =>
    Object.keys(world.schedules).map((endpoint) => ({
      tenant,
      endpoint,
      lines: rawLines(aws.s3.objects, watch.committed, tenant, endpoint),
    })),
  );

class TenantCheck {
  readonly #simulation: Simulation;
  readonly #state: TenantState;
  readonly #violations: Violation[] = [];
  readonly #items: readonly Item[];
  readonly #from: number;

  constructor(simulation: Simulation, state: TenantState) {
    this.#simulation = simulation;
    this.#state = state;
    this.#items = simulation.aws.dynamodb.items(STATE_TABLE);
    this.#from = Date.parse(state.tenant.historyStart);
  }

  run(): Violation[] {
    const { world, tenant, log } = this.#state;
    for (const endpoint in world.schedules) this.#endpoint(endpoint);
    checkRate(log, tenant.requestsPerSecond, this.#reporter(''));
    return this.#violations;
  }

  #endpoint(name: string): void {
    const { aws, watch, scheduler } = this.#simulation;
    const { platform, tenant } = this.#state;
    const endpoint = findEndpoint(name);
    if (endpoint === undefined) throw new Error(`no endpoint ${name}`);
    const report = this.#reporter(name);
    const lines = rawLines(aws.s3.objects, watch.committed, tenant.name, name);
    const place = `${tenant.name}#${name}`;
    const ledger = readLedger(this.#items, place);
    checkLedger(
      aws.dynamodb.item(STATE_TABLE, { pk: place, sk: 'checkpoint' }),
      ledger,
      aws.s3.objects,
      scheduler.now,
      report,
    );
    const { source } = endpoint;
    switch (source.kind) {
      case 'tail':
        checkTail(source, lines, this.#rows(source.path), this.#expects(name), report);
        break;
      case 'snapshot':
        checkSnapshot(source, lines, platform, report);
        break;
      case 'nested':
        this.#nested(source.parents, lines, report);
        break;
    }
    if (source.kind !== 'nested') this.#unreadable(name, source.path, report);
    if (!endpoint.segmentMetrics) return;
    checkSegments(ledger, lines, aws.s3.objects, report);
    const prefix = `${tenant.name}#`;
    const items = aws.dynamodb.items(METRICS_TABLE).filter(({ call_key: key }) => String(key).startsWith(prefix));
    const byKey = new Map(items.map((item) => [String(item.call_key), item]));
    checkMetrics({
      tenant: tenant.name,
      lines,
      rows: source.kind === 'nested' ? [] : this.#rows(source.path),
      expects: this.#expects(name),
      items: byKey,
      report,
    });
  }

  #nested(parents: readonly NestedParent[], lines: readonly RawLine[], report: Report): void {
    for (const parent of parents) {
      const source = findEndpoint(parent.endpoint)?.source;
      if (source === undefined || source.kind === 'nested' || !(parent.endpoint in this.#state.world.schedules))
        continue;
      const expects = source.kind === 'tail' ? this.#expects(parent.endpoint) : () => true;
      checkNested(parent, lines, this.#rows(source.path), expects, report);
    }
  }

  /** Cursor times that live runs or a backfill have read. */
  #expects(endpoint: string): (order: number) => boolean {
    const ranges = this.#state.covered.filter((each) => each.endpoint === endpoint);
    return (order) => order >= this.#from || ranges.some(({ from, to }) => order >= from && order < to);
  }

  #unreadable(endpoint: string, path: string, report: Report): void {
    const { aws, watch } = this.#simulation;
    const { platform, tenant } = this.#state;
    const collection = platform.collection(path);
    if (collection === undefined || platform.tree(path) !== undefined) return;
    const checkpoint = aws.dynamodb.item(STATE_TABLE, { pk: `${tenant.name}#${endpoint}`, sk: 'checkpoint' });
    const journal = readJournal(checkpoint);
    const entries = readQuarantine(aws.s3.objects, watch.committed, tenant.name, endpoint);
    const expects = collection.cursor === null ? () => true : this.#expects(endpoint);
    checkUnreadable({ collection, expects, journal, entries, report });
  }

  /** The rows of a collection that can be read. */
  #rows(path: string): readonly Row[] {
    return this.#state.platform.collection(path)?.readable() ?? [];
  }

  #reporter(endpoint: string): Report {
    return (law, record, message) => {
      this.#violations.push({ law, tenant: this.#state.tenant.name, endpoint, record, message });
    };
  }
}

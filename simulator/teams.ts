import { DAY, type History } from './time.ts';

/** A team; `queues` are the menus that its agents serve. */
export interface Team {
  readonly id: number;
  readonly name: string;
  readonly parentId: number | null;
  readonly position: number;
  readonly queues: readonly number[];
  /** Soft-deleted teams are still returned. */
  readonly deleted: History<boolean>;
}

type Row = readonly [id: number, name: string, parentId: number | null, position: number, queues: readonly number[]];

const ROWS: readonly Row[] = [
  [10, 'Contact centre', null, 0, []],
  [11, 'Service', 10, 0, []],
  [12, 'Billing', 11, 0, [111, 112]],
  [13, 'Orders', 11, 1, [121, 122, 104]],
  [14, 'Returns', 11, 2, [122, 121]],
  [15, 'Technical', 10, 1, []],
  [16, 'Hardware', 15, 0, [131, 132]],
  [17, 'Software', 15, 1, [132, 131]],
  [18, 'Emergency', 10, 2, [105, 111, 131]],
  [19, 'Sales', 10, 3, [104, 112, 121]],
  [20, 'Legacy sales', 19, 0, []],
];

/** The team that is deleted during the period, and the one its agents move to. */
export const RETURNS = 14;
export const ORDERS = 13;
export const EMERGENCY = 18;

/** The share of the agents that each team has. */
export const STAFFING: readonly (readonly [number, number])[] = [
  [12, 26],
  [13, 22],
  [14, 9],
  [16, 13],
  [17, 13],
  [18, 9],
  [19, 8],
];

/** When the team Returns is deleted and its agents move: at 22:30 about two fifths into the period. */
export function findReorganisation(span: { startMs: number; endMs: number }): number {
  const days = (span.endMs - span.startMs) / DAY;
  return span.startMs + Math.floor(days * 0.4) * DAY + 22.5 * 3_600_000;
}

/** The teams of the centre, by id. */
export function listTeams(span: { startMs: number; endMs: number }): readonly Team[] {
  return ROWS.map(([id, name, parentId, position, queues]) => {
    const deleted: History<boolean> = [{ at: span.startMs, value: id === 20 }];
    if (id === RETURNS) deleted.push({ at: findReorganisation(span), value: true });
    return { id, name, parentId, position, queues, deleted };
  });
}

/** A node of the menu tree; leaves are queues. */
export interface Menu {
  readonly id: number;
  readonly name: string;
  readonly parentId: number | null;
  readonly position: number;
  readonly deleted: boolean;
  readonly hidden: boolean;
  /** Open day and night: never deflected after hours. */
  readonly alwaysOpen: boolean;
  /** Share of the arrivals for this queue; 0 if the node is not a queue. */
  readonly demand: number;
  /** Ids from the root, as `materialized_path` shows them. */
  readonly path: readonly number[];
}

type Row = readonly [id: number, name: string, parentId: number | null, demand: number];

const ROWS: readonly Row[] = [
  [100, 'Main menu', null, 0],
  [101, 'Billing', 100, 0],
  [102, 'Orders', 100, 0],
  [103, 'Technical support', 100, 0],
  [111, 'Invoices', 101, 22],
  [112, 'Payments', 101, 14],
  [121, 'Order status', 102, 20],
  [122, 'Returns', 102, 10],
  [131, 'Hardware', 103, 13],
  [132, 'Software', 103, 12],
  [104, 'New customers', 100, 7],
  [105, 'Emergency', 100, 5],
  [106, 'Fax service', 100, 0],
  [107, 'Partner line', 100, 0],
];

function build([id, name, parentId, demand]: Row, index: number): Menu {
  const parents = new Map(ROWS.map((row) => [row[0], row[2]]));
  const path: number[] = [];
  for (let node: number | null = id; node !== null; node = parents.get(node) ?? null) path.unshift(node);
  return {
    id,
    name,
    parentId,
    position: ROWS.slice(0, index).filter((row) => row[2] === parentId).length,
    deleted: id === 106,
    hidden: id === 107,
    alwaysOpen: id === 105,
    demand,
    path,
  };
}

/** The whole tree, by id. */
export const MENUS: readonly Menu[] = ROWS.map(build).toSorted((a, b) => a.id - b.id);

/** The menus in which callers can wait. */
export const QUEUES: readonly Menu[] = MENUS.filter((menu) => menu.demand > 0);

import { defineView, PARTITION_ITEMS, plainItem, type View } from '../views/view.ts';

/** Menus above a queue that its path shows. */
const MAX_DEPTH = 6;

const LEVELS = Array.from({ length: MAX_DEPTH }, (_, level) => level + 1);

const joinParent = (level: number): string =>
  `  LEFT JOIN menu AS m${level} ON m${level}.tenant = m${level - 1}.tenant AND m${level}.id = m${level - 1}.parent_id`;

/** Names or ids from the root to the queue. A missing level is NULL, and concat_ws leaves it out. */
const pathOf = (column: string, separator: string): string =>
  `concat_ws('${separator}', ${[...LEVELS]
    .reverse()
    .map((level) => `CAST(m${level}.${column} AS varchar)`)
    .join(', ')}, CAST(m0.${column} AS varchar))`;

/**
 * Creates the view of queues: every menu that was ever in a snapshot, with its newest name and its place in the tree. Queues are told
 * apart by id, because names repeat and change.
 */
export function createQueueView(): View {
  const items = [
    PARTITION_ITEMS[0],
    plainItem('queue_id', 'bigint', 'Menu id.'),
    plainItem('queue_name', 'varchar', 'Newest name.'),
    plainItem('queue', 'varchar', 'Newest names from the root, separated by ` > `.'),
    plainItem('queue_path', 'varchar', 'Menu ids from the root, separated by `/`.'),
    plainItem('parent_id', 'bigint', 'The menu above it.'),
    plainItem('menu_type', 'varchar', 'E.g. `ivr_menu`.'),
    plainItem('deleted', 'boolean', 'It no longer exists.'),
  ].flatMap((item) => item ?? []);
  const from = `(
  SELECT
    m0.tenant,
    m0.id AS queue_id,
    m0.name AS queue_name,
    ${pathOf('name', ' > ')} AS queue,
    ${pathOf('id', '/')} AS queue_path,
    m0.parent_id,
    m0.menu_type,
    coalesce(m0.deleted, false) OR m0.deleted_at IS NOT NULL AS deleted
  FROM menu AS m0
${LEVELS.map(joinParent).join('\n')}
) AS queues`;
  return defineView('queue', 'Queues (menus) with their newest names and their place in the tree.', items, from);
}

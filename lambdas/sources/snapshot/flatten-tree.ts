import { isObject } from '../../common/json.ts';

/** Maximum number of levels in a `_path`. Deeper nodes are still found, and their `_path` is cut. */
export const MAX_TREE_LEVELS = 100;

interface Branch {
  readonly node: unknown;
  readonly path: readonly unknown[];
  readonly level: number;
}

/**
 * Turns trees into one record per node, depth first, without the children.
 * @returns nodes with `_path` (ids from the root, the node's own last) and `_level` (root = 0). Values that are not objects are unchanged
 */
export function flattenTree(nodes: readonly unknown[], childrenKey: string): unknown[] {
  const flat: unknown[] = [];
  // a stack, because trees may be deeper than the call stack allows
  const open: Branch[] = nodes.map((node) => ({ node, path: [], level: 0 })).reverse();
  for (let branch = open.pop(); branch !== undefined; branch = open.pop()) {
    const { node, path, level } = branch;
    if (!isObject(node)) {
      flat.push(node);
      continue;
    }
    const { [childrenKey]: children, ...own } = node;
    const ownPath = level < MAX_TREE_LEVELS ? [...path, node.id ?? null] : path;
    flat.push({ ...own, _path: ownPath, _level: level });
    if (!Array.isArray(children)) continue;
    for (const child of children.toReversed()) open.push({ node: child, path: ownPath, level: level + 1 });
  }
  return flat;
}

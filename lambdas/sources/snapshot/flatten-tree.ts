import { isObject } from '../../common/json.ts';

/**
 * Turns trees into one record per node, depth first, without the children.
 * @returns nodes with `_path` (ids from the root, the node's own last) and `_level` (root = 0); what is no object stays as it is
 */
export function flattenTree(nodes: readonly unknown[], childrenKey: string, path: readonly unknown[] = []): unknown[] {
  return nodes.flatMap((node) => {
    if (!isObject(node)) return [node];
    const { [childrenKey]: children, ...own } = node;
    const ownPath = [...path, node.id ?? null];
    const below = Array.isArray(children) ? flattenTree(children, childrenKey, ownPath) : [];
    return [{ ...own, _path: ownPath, _level: path.length }, ...below];
  });
}

/**
 * Circles of a graph: its strongly connected components with more than one member (Tarjan's algorithm). Links to oneself and to
 * unknown names do not count.
 * @param links targets by name
 */
export function findCircles(links: ReadonlyMap<string, readonly string[]>): string[][] {
  const circles: string[][] = [];
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const visit = (name: string): number => {
    const number = order.size;
    order.set(name, number);
    open.push(name);
    let low = number;
    for (const target of links.get(name) ?? []) {
      if (!links.has(target)) continue;
      if (!order.has(target)) low = Math.min(low, visit(target));
      else if (open.includes(target)) low = Math.min(low, lowest.get(target) ?? order.get(target) ?? low);
    }
    lowest.set(name, low);
    if (low === number) {
      const circle = open.splice(open.indexOf(name)).sort();
      if (circle.length > 1) circles.push(circle);
    }
    return low;
  };
  for (const name of links.keys()) if (!order.has(name)) visit(name);
  return circles;
}

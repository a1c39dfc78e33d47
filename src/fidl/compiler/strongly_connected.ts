/**
 * Groups of nodes that can all reach each other (Tarjan's algorithm), each group after those that it reaches. With an explicit
 * stack: graphs of declarations can be deeper than the call stack.
 */
export function stronglyConnected<T>(nodes: readonly T[], edgesOf: (node: T) => readonly T[]): T[][] {
  interface Visit {
    readonly node: T;
    readonly index: number;
    low: number;
    isOpen: boolean;
    readonly edges: readonly T[];
    next: number;
  }
  const visits = new Map<T, Visit>();
  const open: Visit[] = [];
  const groups: T[][] = [];
  const enter = (node: T): Visit => {
    const index = visits.size;
    const visit = { node, index, low: index, isOpen: true, edges: edgesOf(node), next: 0 };
    visits.set(node, visit);
    open.push(visit);
    return visit;
  };
  for (const root of nodes) {
    if (visits.has(root)) continue;
    const path = [enter(root)];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      if (top.next < top.edges.length) {
        const target = top.edges[top.next++]!;
        const known = visits.get(target);
        if (known === undefined) path.push(enter(target));
        else if (known.isOpen) top.low = Math.min(top.low, known.index);
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined) parent.low = Math.min(parent.low, top.low);
      if (top.low !== top.index) continue;
      const group = open.splice(open.lastIndexOf(top));
      for (const member of group) member.isOpen = false;
      groups.push(group.map(({ node }) => node));
    }
  }
  return groups;
}

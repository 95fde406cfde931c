/** The least of all numbers that each is connected with, through however many sets. */
export function leastConnected(sets: Iterable<readonly number[]>): Map<number, number> {
  const parents = new Map<number, number>()
  const rootOf = (id: number): number => {
    let root = id
    for (
      let parent = parents.get(root);
      parent !== undefined && parent !== root;
      parent = parents.get(root)
    ) {
      root = parent
    }
    parents.set(id, root)
    return root
  }
  for (const set of sets) {
    const roots = set.map(rootOf)
    const least = Math.min(...roots)
    for (const root of roots) parents.set(root, least)
  }
  return new Map([...parents.keys()].map((id) => [id, rootOf(id)]))
}

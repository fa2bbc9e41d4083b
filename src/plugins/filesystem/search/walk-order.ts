/** Sorts by path as a walk meets entries that takes names in order: what is below a directory together. Equal paths keep their order. */
export function inWalkOrder<Item>(items: readonly Item[], pathOf: (item: Item) => string): Item[] {
  return items
    .map((item) => ({ item, key: pathOf(item).replaceAll('/', '\0') }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ item }) => item);
}

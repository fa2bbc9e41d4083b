/** Column names as the keys of an object: a name that stands there already gets a number, as in `id`, `id_2`. */
export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set(names);
  const given = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let count = 2; given.has(unique) || (unique !== name && taken.has(unique)); count++)
      unique = `${name}_${count}`;
    given.add(unique);
    return unique;
  });
}

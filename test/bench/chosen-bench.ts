/**
 * What the arguments of `npm run bench` choose: a bench, all where none is named, and one contender of it alone. Pure.
 *
 * @param benches the contenders of each, none where they are always measured together
 * @returns what to say instead where that is no bench
 */
export function chosenBench(
  args: readonly string[],
  benches: Readonly<Record<string, readonly string[]>>,
): { name?: string; contender?: string } | string {
  const [name, contender, more] = args;
  const names = Object.keys(benches).join(", ");
  if (args.includes("--help")) return `Usage: npm run bench -- [BENCH [CONTENDER]]. Benches: ${names}.`;
  if (name === undefined) return {};
  if (!Object.hasOwn(benches, name)) return `There is no bench "${name}". There are: ${names}.`;
  if (contender === undefined) return { name };
  const contenders = benches[name] ?? [];
  if (!contenders.includes(contender)) {
    const known = contenders.length === 0 ? "" : ` There are: ${contenders.join(", ")}.`;
    return `The bench ${name} has no contender "${contender}".${known}`;
  }
  return more === undefined ? { name, contender } : `One bench and one contender at most: "${more}" is too much.`;
}

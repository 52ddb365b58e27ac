/**
 * How many problems a reject has, where its reason, which names the first one, does not say it all. Pure.
 *
 * @param problems as the queue keeps them: a list that found no room ends in one that counts the others, without a path
 */
export function howMany(problems: unknown, messageId: string): string[] {
  if (!Array.isArray(problems) || problems.length < 2) return [];
  const left = /^and (\d+) more/.exec(String((problems.at(-1) as { message?: unknown } | null)?.message))?.[1];
  const count = left === undefined ? problems.length : problems.length - 1 + Number(left);
  return [`${count} problems → rejected show ${messageId}`];
}

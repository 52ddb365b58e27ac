/** Behind a change that nobody ordered: somebody else had made it otherwise. */
export const driftCorrected = " (drift corrected)";

/** The credential of an auth config is written once more, because a turn ended before it knew that RingCX has it. */
export const creationUnseen = "credential (its creation was not seen to end)";

/**
 * What several turns of one message have done of a resource, each change once. A turn that goes on after a crash takes what
 * the one before has half done for drift, or for a creation that nobody has seen: it is the message's own change.
 *
 * @param wasCreated by an earlier turn
 */
export function joinedChanges(
  earlier: readonly string[],
  now: readonly string[],
  { wasCreated }: { wasCreated: boolean },
): string[] {
  const all = [...new Set([...earlier, ...now])];
  const isRepeat = (change: string) =>
    (wasCreated && change === creationUnseen) ||
    (change.endsWith(driftCorrected) && all.includes(change.slice(0, -driftCorrected.length)));
  return all.filter((change) => !isRepeat(change));
}

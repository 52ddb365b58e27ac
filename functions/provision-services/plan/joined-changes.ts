/** Behind a change that nobody ordered: somebody else had made it otherwise. */
export const driftCorrected = " (drift corrected)";

/** The credential of an auth config is written once more, because a turn ended before it knew that RingCX has it. */
export const creationUnseen = "credential (its creation was not seen to end)";

/** A new service that RingCX made active is taken out before anything else is done of it. */
export const bornActive = "deactivated: it was born active";

/** For how long it was active: one figure, of the deactivation that came first. */
export function wasActiveFor(ms: number): string {
  return `it was active for up to ${Math.ceil(ms / 1_000)} s after it was made`;
}

/** Whether a change is that something came into being. */
export function isCreation(change: string): boolean {
  return /^(?:created|created again: it was gone|cloned from .*)$/.test(change);
}

const isActiveFor = (change: string) => /^it was active for up to \d+ s after it was made$/.test(change);

/**
 * What several turns of one message have done of a resource, each change once. A turn that goes on after a crash takes what
 * the one before has half done for drift, or for a creation that nobody has seen: it is the message's own change. What a new service was born
 * with stands behind its making, whichever turn saw it.
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
  const birth = [...all.filter((change) => change === bornActive), ...all.filter(isActiveFor).slice(0, 1)];
  const rest = all.filter((change) => !isRepeat(change) && change !== bornActive && !isActiveFor(change));
  const behind = rest.findIndex(isCreation) + 1;
  return rest.toSpliced(behind, 0, ...birth);
}

import type { ResourceKey, ResourceName } from "../../../shared/contract/resource-key.ts";
import type { ResourcePlan } from "../plan/resource-plan.ts";
import { type DoubtedAccount, requireShown, requireShownBehind } from "../read/require-shown.ts";
import type { MessageProgress } from "../report/message-progress.ts";

/** How appliers note what they do, what they do not believe yet, and what RingCX does that they cannot work with. */
export function progressOf(doubted: DoubtedAccount & { doubts: MessageProgress }) {
  const { doubts: progress } = doubted;
  return {
    ended: progress.ended,
    intend: (key: ResourceKey, changes: readonly string[]) => progress.intend(key, changes),
    interrupted: (key: ResourceKey) => progress.interrupted(key),
    noteBroken: (error: unknown) => doubted.account.noteBroken(error),
    async doubt(what: { error: unknown } | ResourcePlan<ResourceName>): Promise<void> {
      await ("error" in what ? requireShownBehind(doubted, what.error) : requireReadOfLate(doubted, what));
    },
  };
}

/** {@link requireShown} of what a plan says of the account. */
export async function requireReadOfLate(
  doubted: DoubtedAccount,
  { key, isByReading, problems }: Pick<ResourcePlan<ResourceName>, "key" | "isByReading" | "problems">,
): Promise<void> {
  if (isByReading) await requireShown(doubted, `${key}: ${problems[0]?.message ?? "it is not shown as it was made"}`);
}

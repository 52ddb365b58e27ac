import type { Told } from "../../../shared/records/account/told.ts";

/** What is to be said of something wrong: that it has begun, with what is wrong; or that it has ended. */
export type TellTold<One extends Told> = (
  told: One,
  what: "begun" | "ended",
  problem?: { message: string; hint: string },
) => Promise<unknown>;

/** Publishes what began and what ended; the same thing said again must have the same id. */
export async function publishTold<One extends Told>(all: readonly One[], publish: TellTold<One>): Promise<void> {
  for (const told of all) {
    if (told.unpublished) await publish(told, "begun", told.unpublished);
    if (told.endedAt !== undefined) await publish(told, "ended");
  }
}

/** What is left once all of it has been published. */
export function publishedTold<One extends Told>(all: readonly One[]): One[] {
  return all.flatMap(({ unpublished: _published, ...told }) => (told.endedAt === undefined ? [told as One] : []));
}

/** Whether there is anything to publish. */
export function hasUnpublished(all: readonly Told[]): boolean {
  return all.some(({ unpublished, endedAt }) => unpublished !== undefined || endedAt !== undefined);
}

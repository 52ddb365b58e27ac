import { isDeepStrictEqual } from "node:util";
import { type ActivationChange, decideActivation, endedHolds } from "../../shared/activation.ts";
import type { StoredActivation } from "../../shared/activation-records.ts";
import { beginOutage } from "./begin-outage.ts";
import { alarmOf, causeOf, nextAfter } from "./in-words.ts";
import { type Outage, type OutageDecision, outageIn } from "./outage.ts";
import type { FailOverParts } from "./parts.ts";
import type { Scene } from "./settle.ts";
import { follow } from "./switch-service.ts";
import { tellIfHeld, tellSpared } from "./tell.ts";
import type { Watch } from "./watch.ts";

/**
 * Carries a decision out.
 *
 * @returns the record as it is then, or `undefined` when another writer was quicker
 */
export async function enforce(
  parts: FailOverParts,
  scene: Scene,
  decision: OutageDecision,
): Promise<StoredActivation | undefined> {
  switch (decision.kind) {
    case "begin":
      return beginOutage(parts, scene, decision);
    case "spare":
      await tellSpared(parts, scene, decision);
      return parts.activation.changeIf(scene.service.name, scene.record, { own: { watch: decision.watch } });
    case "try":
    case "end":
      return endOutage(parts, scene, decision);
    case "continue":
      return goOn(parts, scene, decision.watch, decision.outage);
    case "none":
      return goOn(parts, scene, decision.watch);
  }
}

async function endOutage(
  parts: FailOverParts,
  { service, record, evidence, deadline }: Scene,
  decision: Extract<OutageDecision, { kind: "try" | "end" }>,
): Promise<StoredActivation | undefined> {
  const latch = decision.kind === "end" ? decision.latch : undefined;
  const written = await parts.activation.changeIf(service.name, record, {
    remove: ["OUTAGE"],
    ...(latch && { add: [latch] }),
    override: null,
    own: { watch: decision.watch },
  });
  if (!written) return undefined;
  const outage = outageIn(record);
  const what = decision.kind === "try" ? "trial" : "recovery";
  const telling = {
    service,
    because: decision.because,
    ...nextAfter(decision),
    cause: causeOf(service, what, outage?.since ?? "", alarmOf(outage)),
    alarms: evidence.alarms,
  };
  const { record: after, decision: done } = await follow(parts, { ...telling, deadline }, written);
  if (done.action === "leave") await tellIfHeld(parts, telling, after, "activated");
  return after;
}

/** Nothing begins and nothing ends; but holds may have ended, and RingCX and the record may have come apart. */
async function goOn(
  parts: FailOverParts,
  { service, record, watch, deadline, evidence }: Scene,
  nextWatch: Watch,
  learned?: Outage,
): Promise<StoredActivation | undefined> {
  const now = parts.clock.now();
  const ended = endedHolds(record, now);
  const isLearned = learned !== undefined && !isDeepStrictEqual(learned, outageIn(record));
  const change: ActivationChange = {
    ...ended?.change,
    ...(isLearned && { add: [learned] }),
    ...(!isDeepStrictEqual(nextWatch, watch) && { own: { watch: nextWatch } }),
  };
  const isChanged = Object.keys(change).length > 0;
  const written = isChanged ? await parts.activation.changeIf(service.name, record, change) : record;
  if (!written) return undefined;
  if (isLearned && learned.confirmedByProbe) await parts.blastRadius.release(service.name);
  if (!ended && !hasComeApart(record, now)) return written;
  const because = ended?.because ?? "RingCX and the activation record had come apart";
  const cause = causeOf(service, "repair", new Date(now).toISOString(), undefined);
  const switching = { service, because, cause, alarms: evidence.alarms, deadline };
  return (await follow(parts, switching, written)).record;
}

/** Longer than a function runs: whoever wrote the record has followed it by then, or died. In milliseconds. */
const followedMs = 60_000;

/** Somebody died between the record and RingCX. Of a service of which we know nothing we presume nothing. */
function hasComeApart(record: StoredActivation, now: number): boolean {
  if (record.lastWritten === undefined && record.observed === undefined) return false;
  const isFollowed = record.changedAt === undefined || now - Date.parse(record.changedAt) >= followedMs;
  return isFollowed && decideActivation(record, now).action !== "leave";
}

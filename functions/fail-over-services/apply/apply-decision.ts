import type { StoredActivation } from "../../../shared/records/account/activation.ts";
import { type OutageDecision, outageIn, type Scene } from "../outage/outage-decision.ts";
import { tellIfHeld, tellSpared } from "../report/guard-outcomes.ts";
import { alarmOf, causeOf, nextAfter } from "../report/outage-wording.ts";
import { keepUp } from "./maintain-record.ts";
import { beginOutage } from "./open-outage.ts";
import type { ApplyDependencies } from "./switch-service.ts";
import { follow } from "./switch-service.ts";

/**
 * Carries a decision out.
 *
 * @returns the record as it is then, or `undefined` when another writer was quicker
 */
export async function enforce(
  parts: ApplyDependencies,
  scene: Scene,
  decision: OutageDecision,
): Promise<StoredActivation | undefined> {
  switch (decision.kind) {
    case "begin":
      return beginOutage(parts, scene, decision);
    case "spare":
      await tellSpared(parts, scene, decision);
      return parts.activation.changeIf(scene.service.name, scene.record, {
        writerAttributes: { watch: decision.watch },
      });
    case "try":
    case "end":
      return endOutage(parts, scene, decision);
    case "continue":
      return keepUp(parts, scene, decision.watch, decision.outage);
    case "none":
      return keepUp(parts, scene, decision.watch);
  }
}

async function endOutage(
  parts: ApplyDependencies,
  { service, record, evidence, deadline }: Scene,
  decision: Extract<OutageDecision, { kind: "try" | "end" }>,
): Promise<StoredActivation | undefined> {
  const latch = decision.kind === "end" ? decision.latch : undefined;
  const written = await parts.activation.changeIf(service.name, record, {
    remove: ["OUTAGE"],
    ...(latch && { add: [latch] }),
    override: null,
    writerAttributes: { watch: decision.watch },
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

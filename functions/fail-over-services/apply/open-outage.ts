import { decideActivation } from "../../../shared/activation/decide-activation.ts";
import type { ActivationChange, StoredActivation } from "../../../shared/records/account/activation.ts";
import { probeOf } from "../evidence/probe-service.ts";
import type { OutageDecision, Scene } from "../outage/outage-decision.ts";
import { tellHeldBack, tellIfHeld } from "../report/guard-outcomes.ts";
import { alarmOf, causeOf, nextAfterOutage } from "../report/outage-wording.ts";
import type { ApplyDependencies } from "./switch-service.ts";
import { follow } from "./switch-service.ts";

/**
 * Takes a service out. What no probe has confirmed needs a place within the account's blast radius; where there is
 * none the probe is asked at once, and without one the service is left active, loudly.
 *
 * @returns the record, or `undefined` when another writer was quicker
 */
export async function beginOutage(
  parts: ApplyDependencies,
  scene: Scene,
  decision: Extract<OutageDecision, { kind: "begin" }>,
): Promise<StoredActivation | undefined> {
  const { activation, blastRadius, clock } = parts;
  const { service, record, watch } = scene;
  const { outage, latch } = decision;
  const reasons = latch ? [outage, latch] : [outage];
  const change = { add: reasons, writerAttributes: { watch: decision.watch } };
  const wouldAct =
    decideActivation({ ...record, reasons: [...record.reasons, ...reasons] }, clock.now()).action === "deactivate";
  const needsPlace = wouldAct && !outage.confirmedByProbe;

  // Known to be held back: there is no hurry, and nothing to take back afterwards.
  if (needsPlace && watch.heldBack && !(await blastRadius.claim(service.name))) return record;
  // Otherwise both at once: a round trip is worth more than one that has to be taken back now and then.
  const [written, hasPlace] = await Promise.all([
    activation.changeIf(service.name, record, change),
    !needsPlace || watch.heldBack !== undefined || blastRadius.claim(service.name),
  ]);
  if (!written) return undefined;
  if (hasPlace) return takeOut(parts, scene, decision, written);
  const probe = await probeOf(parts, service);
  if (probe?.passed !== false) return holdBack(parts, scene, decision, written);
  const confirmed = { ...outage, confirmedByProbe: true };
  const because = `${decision.because}; its probe fails, too: ${probe.because}`;
  const after = await activation.change(service.name, { add: [confirmed] });
  return takeOut(parts, scene, { ...decision, outage: confirmed, because }, after);
}

async function takeOut(
  parts: ApplyDependencies,
  { service, policy, evidence, deadline }: Scene,
  { outage, latch, because }: Extract<OutageDecision, { kind: "begin" }>,
  written: StoredActivation,
): Promise<StoredActivation> {
  const cause = causeOf(service, "outage", outage.since, alarmOf(outage));
  const telling = { service, because, cause, next: nextAfterOutage(policy, latch), alarms: evidence.alarms };
  if (latch) parts.onGuard?.();
  const { record, decision } = await follow(parts, { ...telling, deadline }, written);
  if (decision.action === "leave") await tellIfHeld(parts, telling, record, "deactivated");
  return record;
}

/** Takes the intent back and says so. Others leave a fresh change alone for a minute, so nobody has followed it. */
async function holdBack(
  parts: ApplyDependencies,
  scene: Scene,
  { outage, latch, because }: Extract<OutageDecision, { kind: "begin" }>,
  written: StoredActivation,
): Promise<StoredActivation> {
  const { service, watch } = scene;
  await tellHeldBack(parts, scene, outage, because);
  const change: ActivationChange = {
    remove: latch ? ["OUTAGE", "LATCHED"] : ["OUTAGE"],
    writerAttributes: { watch: { ...watch, heldBack: outage } },
  };
  const after = await parts.activation.changeIf(service.name, written, change);
  return after ?? parts.activation.change(service.name, change);
}

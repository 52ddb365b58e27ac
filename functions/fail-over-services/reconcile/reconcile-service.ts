import { isInForce } from "../../../shared/activation/reasons.ts";
import type { StoredActivation } from "../../../shared/records/account/activation.ts";
import { watchOf } from "../../../shared/records/account/failover-memory.ts";
import { enforce } from "../apply/apply-decision.ts";
import { keepUp } from "../apply/maintain-record.ts";
import { observe } from "../apply/observe-only.ts";
import type { ApplyDependencies } from "../apply/switch-service.ts";
import { isProbed } from "../evidence/probe-service.ts";
import { decideOutage } from "../outage/decide-outage.ts";
import { latchIn, outageIn, type Scene } from "../outage/outage-decision.ts";
import { policyOf } from "../outage/policy.ts";
import { tellMissing } from "../report/guard-outcomes.ts";
import type { FailoverSettings } from "../settings.ts";
import { titleOf } from "../watchlist/watched-services.ts";

/** What it takes to bring a service into the state that the evidence asks for. */
export interface ReconcileDependencies extends ApplyDependencies {
  settings: FailoverSettings;
}

/** Whoever loses against another writer looks at the record again, so often. */
const mostAttempts = 5;

/**
 * Does what the evidence and the record of one service ask for. The record is only written as it was read: of two
 * looks at the same moment one acts, and the other finds it done.
 *
 * @returns the record as it is then
 */
export async function settle(
  parts: ReconcileDependencies,
  { service, record, evidence }: Pick<Scene, "service" | "record" | "evidence">,
  deadline: number,
): Promise<StoredActivation> {
  const mode = service.health.mode ?? parts.settings.mode;
  const policy = policyOf(service.health, isProbed(service), parts.settings);
  let read = record;
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const scene: Scene = { service, record: read, evidence, watch: watchOf(read), policy, deadline };
    const written = await (mode === "off" ? keepUp(parts, scene, scene.watch) : act(parts, scene, mode));
    if (written) return written;
    read = await parts.activation.get(service.name);
  }
  throw new Error(`others kept writing the record of ${titleOf(service.name)}`);
}

async function act(
  parts: ReconcileDependencies,
  scene: Scene,
  mode: "enforce" | "observe",
): Promise<StoredActivation | undefined> {
  const { record, watch, evidence, policy } = scene;
  const now = parts.clock.now();
  const outage = mode === "observe" ? watch.observedOutage : outageIn(record);
  const decision = decideOutage({
    outage,
    latch: latchIn(record),
    isOverridden: isInForce(record.override, now),
    watch,
    evidence,
    policy,
    now,
  });
  await tellMissing(parts, scene, decision.watch.missingAlarms);
  return (mode === "observe" ? observe : enforce)(parts, scene, decision);
}

import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Clock } from "../../shared/primitives/clock.ts";
import { readFailedStep } from "../../shared/records/credential/rotation-schedule.ts";
import { possibleVersions } from "../../shared/records/credential/versions-in-ringcx.ts";
import { describeSecret } from "../../shared/secrets/read-secret.ts";
import type { StateTable } from "../../shared/state/table.ts";
import { type KnownAuthConfig, readCredentialHistory, type VersionEnd } from "./rotation-history.ts";

/** Between two looks, in milliseconds. */
const pauseMs = 500;

/**
 * Waits until a rotation that Secrets Manager has taken on has begun, or has come to its end.
 *
 * @returns `undefined` where neither is so in time
 * @throws the signal's reason
 */
export async function waitForRotation(
  { table, secrets }: { table: StateTable; secrets: SecretsManagerClient },
  { versionId, ...config }: KnownAuthConfig & { versionId: string },
  { clock, timeoutMs, signal }: { clock: Clock; timeoutMs: number; signal: AbortSignal },
): Promise<VersionEnd | "begun" | undefined> {
  const until = clock.now() + timeoutMs;
  for (;;) {
    signal.throwIfAborted();
    // It has been asked for: that its labels cannot be read makes it no failure.
    const secret = await describeSecret(secrets, config.secretArn, clock.now()).catch(() => undefined);
    // After the labels: one that has ended meanwhile is in the record.
    const { record, history } = await readCredentialHistory(table, config);
    const { state } = record;
    const entry = history.find((one) => one.versionId === versionId);
    if (entry?.result === "APPLIED") return { kind: "applied", verification: entry.verification };
    if (entry) return { kind: "failed", why: entry.reason?.message ?? entry.result };
    const isOurs = state.kind === "ROTATING" && state.pendingVersionId === versionId;
    if (isOurs || secret?.current === versionId || possibleVersions(state).includes(versionId)) return "begun";
    if (clock.now() >= until) {
      if (secret === undefined || secret.pending === versionId) return undefined;
      // Of a secret that feeds no auth config any more this alone says that our step has ended it.
      const failed = await readFailedStep(table, config.secretArn, versionId);
      return { kind: "failed", why: failed?.message ?? lostWords(versionId, secret.pending) };
    }
    await clock.sleep(pauseMs, signal);
  }
}

function lostWords(versionId: string, pending: string | undefined): string {
  const who = pending === undefined ? "nothing has it now" : `version ${pending} has it now`;
  return `Somebody took the label AWSPENDING from version ${versionId} before Secrets Manager called the first step of its rotation: ${who}. Rotate again.`;
}

import type { Invocation } from "../../../shared/primitives/invocation.ts";
import { describeSecret, type SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { accountsOf } from "../../../shared/secrets/secret-tags.ts";
import { leaseOf } from "../../../shared/state/lease.ts";
import { revokeDue } from "../issuer/revoke-credentials.ts";
import type { Fed } from "../read/bound-secrets.ts";
import { readSecretItems } from "../read/secret-records.ts";
import { type Held, hold, releaseAll } from "../record/leased-record.ts";
import type { Change } from "../record/record-change.ts";
import { rotationError } from "../record/rotation-progress.ts";
import { tell } from "../report/publish-history.ts";
import { giveUp } from "../steps/abort-rotation.ts";
import { settle } from "../steps/finish-secret.ts";
import { dropPending, isLeftPending } from "../steps/pending-label.ts";
import type { RotationContext, StepDependencies } from "../steps/rotation-context.ts";
import { askForRoom } from "../write/write-context.ts";
import { moveTogether } from "../write/write-version.ts";
import { decideMirror } from "./decide-sync.ts";
import { beginRotation, isRotationDue, type ScheduleDependencies } from "./scheduled-rotation.ts";
/** What a run of the schedule stands on: all that the steps do, and when to rotate. */
export interface SyncDependencies extends StepDependencies, ScheduleDependencies {
  logger: StepDependencies["logger"];
}

/** Looks again, fresher and alone with the auth configs, then does what is to be done. */
export async function follow(
  parts: SyncDependencies,
  run: Invocation,
  { secret: { arn }, bindings }: Fed,
): Promise<void> {
  const { table, secrets, clock } = parts;
  const held = await hold(table, bindings, leaseOf({ holder: run.requestId, deadline: run.deadline }), clock.now());
  if (!held) return;
  let isDue = false;
  try {
    const secret = await describeSecret(secrets, arn);
    const accounts = secret ? accountsOf(secret) : [];
    if (!secret || !bindings.every(({ accountId }) => accounts.includes(accountId))) return;
    await carryOut(parts, run, secret, held);
    const records = held.map(({ record }) => ({ ...record, lease: undefined }));
    await revokeDue(parts, secret, records);
    isDue = isRotationDue(secret, records, clock.now());
  } finally {
    for (const one of held) await tell(one, parts);
    await releaseAll(held);
  }
  // Not while we hold them: the first step wants to.
  if (isDue) await beginRotation(parts, arn, held);
}

async function carryOut(
  parts: SyncDependencies,
  run: Invocation,
  secret: SecretDescription,
  held: readonly Held[],
): Promise<void> {
  const { table, clock } = parts;
  const records = held.map(({ record }) => record);
  const decision = decideMirror(secret, records, clock.now(), run.requestId);
  const { requestId } = run;
  const change = (versionId: string, trigger: Change["trigger"]): Change => ({
    secretArn: secret.arn,
    versionId,
    trigger,
    requestId,
    now: () => clock.now(),
  });
  switch (decision.kind) {
    case "APPLY": {
      const outdated = decision.outdated.flatMap((index) => held[index] ?? []);
      await askForRoom(
        parts,
        run,
        outdated.map(({ binding }) => binding),
      );
      await moveTogether(parts, run, { ...change(decision.versionId, "MIRROR"), secret, held, outdated });
      return;
    }
    case "SETTLE":
    case "ABANDON": {
      const { token } = decision;
      const items = await readSecretItems(table, secret.arn);
      const trigger = items.requestedToken === token ? "DUE" : "ROTATE_SECRET";
      const context: RotationContext = {
        secret,
        token,
        items,
        held,
        change: change(token, trigger),
        run,
        hasBegun: true,
      };
      if (decision.kind === "SETTLE") await settle(parts, context);
      else await giveUp(parts, context, rotationError("ROTATION_DIED", "It has given no sign of life for too long."));
      return;
    }
    default:
      if (isLeftPending(secret, records)) await dropPending(parts, { secret, token: secret.pending ?? "" });
  }
}

export function attempts({ records }: Fed): number {
  return Math.max(0, ...records.map(({ failure }) => failure?.attempts ?? 0));
}

import { RotateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { rotationRequestKey } from "../../../shared/records/credential/rotation-schedule.ts";
import { QuotaDeferredError } from "../../../shared/ringcx/resources/errors.ts";
import { describeSecret, type SeenSecret } from "../../../shared/secrets/read-secret.ts";
import { accountsOf } from "../../../shared/secrets/secret-tags.ts";
import { decideRevocations, revokeDue } from "../issuer/revoke-credentials.ts";
import { type Fed, seeSecrets } from "../read/bound-secrets.ts";
import { readSecretItems } from "../read/secret-records.ts";
import { type Held, hold, leaseOf, releaseAll } from "../record/leased-record.ts";
import type { Change } from "../record/record-change.ts";
import { reasonOf } from "../record/retry-backoff.ts";
import { isRotationDue } from "../report/credential-concerns.ts";
import { tell } from "../report/publish-history.ts";
import { dropPending, giveUp } from "../steps/abort-rotation.ts";
import { settle } from "../steps/finish-secret.ts";
import { type NativeParts, type RotationContext, rotationError } from "../steps/rotation-context.ts";
import { askForRoom, type Run } from "../write/write-credential.ts";
import { moveTogether } from "../write/write-version.ts";
import { decideMirror } from "./decide-sync.ts";

/** Time below which no further secret is begun, in milliseconds. */
const enoughMs = 15_000;

/**
 * One tick of the schedule: puts the current version of every secret where it belongs, cleans up after rotations
 * that died, begins those that are due, revokes what is no longer needed. Nothing to do: no call to RingCX. What
 * does not fit into this run is done by the next.
 *
 * @returns what there was before anything was done
 */
export async function mirror(parts: NativeParts, run: Run): Promise<readonly Fed[]> {
  const { clock, logger } = parts;
  const seen = await seeSecrets(parts);
  const work = seen
    .filter((fed) => needsHands(fed, clock.now()))
    // What has failed before stands at the end of the queue, so that it never keeps others out.
    .toSorted((a, b) => attempts(a) - attempts(b));
  const exhausted = new Set<string>();
  for (const [index, fed] of work.entries()) {
    if (clock.now() > run.deadline - enoughMs) {
      logger.warn("the next run goes on", { secretsLeft: work.length - index });
      break;
    }
    if (fed.bindings.some(({ accountId }) => exhausted.has(accountId))) continue;
    try {
      await follow(parts, run, fed);
    } catch (error) {
      const { code, message } = reasonOf(error);
      logger.warn("secret not followed", { secret: fed.secret.name, code, reason: message });
      // An account whose quota is used up, or that cannot be reached, is left alone for the rest of this run.
      if (error instanceof QuotaDeferredError || code === "RINGCX_UNAVAILABLE") {
        for (const { accountId } of fed.bindings) exhausted.add(accountId);
      }
    }
  }
  return seen;
}

function needsHands({ secret, items, bindings, records }: Fed, now: number): boolean {
  if (bindings.length === 0) return false;
  return (
    !["IN_STEP", "LEAVE"].includes(decideMirror(secret, records, now).kind) ||
    records.some(({ untold }) => untold.length > 0) ||
    isLeftPending(secret, records) ||
    isRotationDue(secret, records, now) ||
    decideRevocations(secret, items.credentials, records, now).length > 0
  );
}

/** Looks again, fresher and alone with the auth configs, then does what is to be done. */
async function follow(parts: NativeParts, run: Run, { secret: { arn }, bindings }: Fed): Promise<void> {
  const { table, secrets, clock } = parts;
  const held = await hold(table, bindings, leaseOf(run), clock.now());
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

async function carryOut(parts: NativeParts, run: Run, secret: SeenSecret, held: readonly Held[]): Promise<void> {
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

/** A version of a rotation that is over, and still has the label that keeps the next one from beginning. */
function isLeftPending(
  { pending, current }: Pick<SeenSecret, "pending" | "current">,
  records: Fed["records"],
): boolean {
  return (
    pending !== undefined &&
    pending !== current &&
    records.some(
      ({ state, failure, superseded }) =>
        state.kind !== "ROTATING" &&
        (failure?.versionId === pending || superseded.some(({ versionId }) => versionId === pending)),
    )
  );
}

/** Secrets Manager decides how, we decide when: not while a service that uses the credential has an outage. */
async function beginRotation(parts: NativeParts, arn: string, held: readonly Held[]): Promise<void> {
  const { table, secrets, clock, logger, openOutage } = parts;
  for (const { binding } of held) {
    const service = await openOutage(binding);
    if (service === undefined) continue;
    logger.info("rotation is due, but waits for the end of an outage", { secretArn: arn, service });
    return;
  }
  const ClientRequestToken = parts.newToken();
  await table.put({ ...rotationRequestKey(arn), token: ClientRequestToken, at: new Date(clock.now()).toISOString() });
  await secrets.send(new RotateSecretCommand({ SecretId: arn, ClientRequestToken }));
  logger.info("rotation begun", { secretArn: arn, versionId: ClientRequestToken });
}

function attempts({ records }: Fed): number {
  return Math.max(0, ...records.map(({ failure }) => failure?.attempts ?? 0));
}

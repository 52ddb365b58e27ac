import { pendingWaysOut } from "../../../shared/secrets/pending-version.ts";
import { durationMs, secretTags } from "../../../shared/secrets/secret-tags.ts";
import { waiverProblem } from "../../../shared/secrets/waived-version.ts";
import type { BoundSecret } from "../read/bound-secrets.ts";
import type { SecretProblem } from "../read/secret-problem.ts";
import { notStartedCode, strangersVersionCode, unboundCode } from "../record/rotation-progress.ts";
import { notRevoked, type UnrevokedCredential, uncapitalized, unnamedCredential } from "./why-not-revoked.ts";

/** All that is wrong about a secret itself, whatever auth configs it feeds. */
export function secretProblems(
  bound: BoundSecret,
  unrevoked: readonly UnrevokedCredential[],
  now: number,
): SecretProblem[] {
  const { secret, records, problems } = bound;
  return [
    ...problems,
    ...whyNotRotated(secret),
    ...rotatedForNothing(bound, now),
    ...leftPending(secret, records, now),
    ...wrongWaiver(secret, records),
    ...unrevoked.map((one) => notRevoked(bound, one)),
    ...unnamedCredential(bound, now),
  ];
}

/** What a version is called whose label keeps every rotation from beginning. */
export function pendingTopic(versionId: string): string {
  return `pending ${versionId}`;
}

/** A rotation begins within seconds of its label: one that nobody is at after this long, in milliseconds, has been left. */
const leftAfterMs = 16 * 60_000;

/** A version keeps AWSPENDING, and no rotation is at it. Where one was refused for it, that tells of it. */
function leftPending(
  { pending, current, hasRotation, changedAt }: BoundSecret["secret"],
  records: BoundSecret["records"],
  now: number,
): SecretProblem[] {
  if (pending === undefined || pending === current || !hasRotation) return [];
  const isToldOrUsed = records.some(
    ({ state, failure }) =>
      state.kind === "ROTATING" ||
      failure?.versionId === pending ||
      failure?.code === strangersVersionCode ||
      failure?.code === notStartedCode,
  );
  if (isToldOrUsed || changedAt === undefined || now - changedAt < leftAfterMs) return [];
  const message = `its version ${pending} has the label AWSPENDING, and no rotation is at it: none begins as long as it has`;
  return [{ topic: pendingTopic(pending), kind: "NOT_ROTATED", message, hint: uncapitalized(pendingWaysOut(pending)) }];
}

/** A rotation is asked of a secret that cannot be rotated here. */
function whyNotRotated({ tags, isReplica, hasRotation }: BoundSecret["secret"]): SecretProblem[] {
  const every = tags[secretTags.rotateEvery];
  if (durationMs(every) === undefined) return [];
  const notRotated = (message: string, hint: string) => [
    { topic: "rotation", kind: "NOT_ROTATED" as const, message, hint },
  ];
  if (isReplica === true) {
    return notRotated(
      "it is a replica, which cannot be rotated here",
      `take ${secretTags.rotateEvery} off the primary secret, or rotate it in its own region`,
    );
  }
  if (hasRotation) return [];
  return notRotated(
    `it is to be rotated every ${every} by its tag ${secretTags.rotateEvery}, and has no rotation function`,
    `give it the function of the output RotationFunctionArn (rotate-secret), or take the tag off`,
  );
}

/** How long it is said of a rotation that it came to nothing, in milliseconds: who asked for it once, and never again, is done with it. */
const unboundForMs = 24 * 60 * 60_000;

/** A rotation was asked of a secret that feeds no auth config. */
function rotatedForNothing(
  { bindings, secret: { hasRotation }, secretRecords: { failedStep } }: BoundSecret,
  now: number,
): SecretProblem[] {
  const isUnbound = failedStep?.code === unboundCode && failedStep.step === "createSecret" && bindings.length === 0;
  if (!isUnbound || !hasRotation || now - Date.parse(failedStep.failedAt) >= unboundForMs) return [];
  const { versionId, failedAt, message } = failedStep;
  return [
    {
      topic: "rotation of nothing",
      kind: "NOT_ROTATED",
      message: `a rotation of it with the token ${versionId} came to nothing at ${failedAt}: ${uncapitalized(message)}`,
      hint: `bind one by its tag ${secretTags.authConfig} or by a message with its secretId, then rotate again; or turn its rotation off`,
    },
  ];
}

/** What is wrong with the tag of the person who wants a version written that waits to be proven. */
function wrongWaiver(secret: BoundSecret["secret"], records: BoundSecret["records"]): SecretProblem[] {
  const isWaiting = records.some(({ proofWait }) => proofWait !== undefined && proofWait.versionId === secret.current);
  const problem = waiverProblem(secret, isWaiting);
  if (!problem) return [];
  const { about, ...words } = problem;
  return [{ topic: about, kind: "TAG_WRONG", ...words }];
}

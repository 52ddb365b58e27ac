import type { Logger } from "@aws-lambda-powertools/logger";
import pMap from "p-map";
import { failureReason } from "../../../shared/outcomes/failure-reason.ts";
import type { Clock } from "../../../shared/primitives/clock.ts";
import { bindingKey } from "../../../shared/records/credential/secret-binding.ts";
import {
  type SecretProblems,
  secretProblemsFromItem,
  secretProblemsToItem,
  secretsWithProblems,
} from "../../../shared/records/credential/secret-problems.ts";
import type { Connection } from "../../../shared/ringcx/session/connection.ts";
import { accountsOf } from "../../../shared/secrets/secret-tags.ts";
import type { OnUnreadable } from "../../../shared/state/rebuilt-item.ts";
import type { Expected } from "../../../shared/state/table.ts";
import { isUnreadable } from "../../../shared/state/unreadable-item.ts";
import { surelyHasNot } from "../issuer/revoke-credentials.ts";
import type { BoundSecret } from "../read/bound-secrets.ts";
import type { SecretProblem } from "../read/secret-problem.ts";
import { readCredentialRecord } from "../record/credential-record.ts";
import type { PublishDependencies } from "../report/publish-history.ts";
import type { Followed, SecretFinding } from "../report/reported.ts";
import { hasUnpublished, publishedTold, publishTold } from "../report/told.ts";
import { nextProblems, type Seen } from "./next-problems.ts";
import { secretOutcome } from "./secret-outcome.ts";
import { overdueRevocations, secretProblems, type UnrevokedCredential } from "./why-secret-wrong.ts";

/** What looking after secrets stands on. */
export interface SecretFollowDependencies extends PublishDependencies {
  clock: Clock;
  logger: Pick<Logger, "warn">;
  connections: readonly Connection[];
  onUnreadable: OnUnreadable;
}

/** Secrets that are looked at at the same time. */
const concurrency = 5;

/**
 * Finds what is wrong about each listed secret itself: tags, refused bindings, rotations and revocations that do not come.
 * Publishes it when it begins, and when it ends. What an auth config tells of itself is left to it; a secret that fails keeps
 * no other from it. Costs RingCX nothing.
 *
 * @param followed by account, of those whose auth configs could be looked after
 * @returns what is wrong now
 */
export async function followSecrets(
  dependencies: SecretFollowDependencies,
  boundSecrets: readonly BoundSecret[],
  followed: ReadonlyMap<string, readonly Followed[]>,
): Promise<readonly SecretFinding[]> {
  const { connections, logger } = dependencies;
  const stored = await readStored(dependencies);
  const isWhole = connections.flatMap(({ accountIds }) => accountIds).every((accountId) => followed.has(accountId));
  const listed = new Set(boundSecrets.map(({ secret }) => secret.arn));
  const lookOrLeave = async (bound: BoundSecret): Promise<readonly SecretFinding[]> => {
    const { arn: secretArn, name: secret } = bound.secret;
    const isLeft = (problem: SecretProblem) =>
      problem.authConfig !== undefined && (!isWhole || tellsItself(problem.authConfig, secretArn, followed));
    try {
      return await lookAtSecret(dependencies, bound, stored.get(secretArn), isLeft);
    } catch (error) {
      const { code, message } = failureReason(error);
      logger.warn("following a secret failed", { secret, code, reason: message });
      return bound.problems.map((problem) => ({ secret, secretArn, problem, since: undefined }));
    }
  };
  const findings = await pMap(boundSecrets, lookOrLeave, { concurrency });
  // No longer listed: deleted, or not ours any more. Its auth configs tell of that.
  for (const [arn, gone] of stored) if (!listed.has(arn)) await see(dependencies, gone, {});
  return findings.flat();
}

/** @param isLeft whether a problem is left to an auth config, or it is not known whether it is */
async function lookAtSecret(
  dependencies: SecretFollowDependencies,
  bound: BoundSecret,
  { problems: before, expected }: Stored = { problems: nothingWrong, expected: "absent" },
  isLeft: (problem: SecretProblem) => boolean,
): Promise<readonly SecretFinding[]> {
  const { arn: secretArn, name: secret } = bound.secret;
  const [first, ...others] = accountsOf(bound.secret);
  // What is still to be told is told in the words in which it was noted.
  const accountId = hasUnpublished(before.problems) ? before.accountId : others.length === 0 ? first : undefined;
  const known = { ...before, secretArn, secret, accountId };
  const problems = secretProblems(bound, await readUnrevoked(dependencies, bound));
  const seen = seenOf(bound, known, problems, isLeft);
  const next = await see(dependencies, { problems: known, expected }, seen);
  return problems.map((problem) => {
    const told = next.find(({ topic, endedAt }) => topic === problem.topic && endedAt === undefined);
    return { secret, secretArn, problem, since: told?.since };
  });
}

interface Stored {
  problems: SecretProblems;
  expected: Expected;
}

const nothingWrong: SecretProblems = { secretArn: "", secret: "", problems: [], unknownAttributes: {} };

/** What is overdue to be revoked, and who holds it back. One of which that cannot be read is left to its own run. */
async function readUnrevoked(
  { table, clock }: SecretFollowDependencies,
  bound: BoundSecret,
): Promise<UnrevokedCredential[]> {
  const unrevoked: UnrevokedCredential[] = [];
  for (const credential of overdueRevocations(bound, clock.now())) {
    const heldBy: string[] = [];
    for (const authConfig of credential.authConfigs ?? []) {
      const { record } = await readCredentialRecord(table, authConfig);
      if (!surelyHasNot(record, credential.versionId)) heldBy.push(bindingKey(authConfig));
    }
    unrevoked.push({ credential, heldBy });
  }
  return unrevoked;
}

async function readStored({ table, onUnreadable }: SecretFollowDependencies): Promise<Map<string, Stored>> {
  const found = new Map<string, Stored>();
  for (const item of await table.query(secretsWithProblems.pk, secretsWithProblems.skPrefix)) {
    try {
      const problems = secretProblemsFromItem(item);
      found.set(problems.secretArn, { problems, expected: item.version });
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      await onUnreadable(error, "left");
    }
  }
  return found;
}

/** Whether an auth config has the secret's value: what is refused to it, it tells itself. */
function tellsItself(
  authConfig: NonNullable<SecretProblem["authConfig"]>,
  secretArn: string,
  followed: ReadonlyMap<string, readonly Followed[]>,
): boolean {
  const id = authConfig.authConfigId.toLowerCase();
  // Whichever account a wrong tag makes of it: there is one of a UUID.
  return [...followed.values()]
    .flat()
    .some((one) => one.followed.secretArn === secretArn && one.followed.authConfigId.toLowerCase() === id);
}

function seenOf(
  bound: BoundSecret,
  { problems: before }: SecretProblems,
  problems: readonly SecretProblem[],
  isLeft: (problem: SecretProblem) => boolean,
): Record<string, Seen<string>> {
  // Of one that cannot be read it is not known what else is wrong.
  const isKnown = bound.problems.every(({ kind }) => kind !== "ITEM_UNREADABLE");
  const unknown = isKnown ? [] : before.map(({ topic }) => [topic, "unknown"] as const);
  const found = problems.map((problem) => [problem.topic, isLeft(problem) ? "unknown" : problem] as const);
  return Object.fromEntries<Seen<string>>([...unknown, ...found]);
}

/** Keeps what was seen of a secret, then publishes what began or ended. Where another run wrote meanwhile it is left alone. */
async function see(
  { table, clock, outcomes }: SecretFollowDependencies,
  { problems: before, expected }: Stored,
  seen: Readonly<Record<string, Seen<string>>>,
): Promise<SecretProblems["problems"]> {
  const now = new Date(clock.now()).toISOString();
  const all = nextProblems(before.problems, seen, now);
  const next = { ...before, problems: all };
  if (JSON.stringify(all) === JSON.stringify(before.problems) && !hasUnpublished(all)) return all;
  // Before it is published: what is said twice after a crash has one id.
  const version = await table.put(secretProblemsToItem(next), expected);
  if (version === false) return all;
  await publishTold(outcomes, all, (told, what, problem) => secretOutcome(next, told, what, problem));
  const left = { ...next, problems: publishedTold(all) };
  // Nothing is wrong any more: DynamoDB removes the item when it gets round to it.
  const expiresAt = left.problems.length === 0 ? { expiresAt: Math.floor(clock.now() / 1000) } : {};
  if (hasUnpublished(all) || left.problems.length === 0) {
    await table.put({ ...secretProblemsToItem(left), ...expiresAt }, version);
  }
  return left.problems;
}

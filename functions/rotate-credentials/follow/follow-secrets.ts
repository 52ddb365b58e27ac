import type { Logger } from "@aws-lambda-powertools/logger";
import pMap from "p-map";
import { failureReason } from "../../../shared/outcomes/failure-reason.ts";
import type { Clock } from "../../../shared/primitives/clock.ts";
import { bindingKey } from "../../../shared/records/credential/secret-binding.ts";
import type { SecretProblems } from "../../../shared/records/credential/secret-problems.ts";
import { surelyHasNot } from "../issuer/credential-ends.ts";
import {
  type BoundSecret,
  isSecretUnreadable,
  type ReadDependencies,
  readBoundSecrets,
} from "../read/bound-secrets.ts";
import type { SecretProblem } from "../read/secret-problem.ts";
import { readCredentialRecord } from "../record/credential-record.ts";
import type { Followed, SecretFinding } from "../report/reported.ts";
import { agreed, isTurn, type Seen, type SeenOf } from "./next-problems.ts";
import { keepSeen, readStored, type SecretItemDependencies, see } from "./secret-items.ts";
import { credentialTopic, overdueRevocations, type UnrevokedCredential } from "./why-not-revoked.ts";
import { pendingTopic, secretProblems } from "./why-secret-wrong.ts";

/** What looking after secrets stands on. */
export interface SecretFollowDependencies extends SecretItemDependencies, ReadDependencies {
  clock: Clock;
  logger: Pick<Logger, "warn">;
}

/** Secrets that are looked at at the same time. */
const concurrency = 5;

/**
 * Finds what is wrong about each listed secret itself: tags, refused bindings, rotations and revocations that do not come.
 * Publishes it when it begins, and when it ends, once a second look says so too. What an auth config tells of itself is
 * left to it; a secret that fails keeps no other from it. Costs RingCX nothing.
 *
 * @param followed by account, of those whose auth configs could be looked after
 * @returns what is wrong now
 */
export async function followSecrets(
  dependencies: SecretFollowDependencies,
  boundSecrets: readonly BoundSecret[],
  followed: ReadonlyMap<string, readonly Followed[]>,
): Promise<readonly SecretFinding[]> {
  const { connections, logger, clock } = dependencies;
  // Before the second look: what another run keeps meanwhile, this one does not write over.
  const stored = await readStored(dependencies);
  const isWhole = connections.flatMap(({ accountIds }) => accountIds).every((accountId) => followed.has(accountId));
  const lookAll = async (all: readonly BoundSecret[]): Promise<Map<string, Looked>> => {
    const areAllReadable = !all.some(isSecretUnreadable);
    const look = async (bound: BoundSecret): Promise<[string, Looked]> => {
      const { arn } = bound.secret;
      const isLeft = ({ authConfig }: SecretProblem) =>
        authConfig !== undefined && (!isWhole || tellsItself(authConfig, arn, followed));
      try {
        const problems = secretProblems(bound, await readUnrevoked(dependencies, bound), clock.now());
        const seen = seenOf(bound, stored.get(arn)?.problems, problems, { isLeft, areAllReadable });
        return [arn, { bound, problems, seen }];
      } catch (error) {
        warn(logger, bound.secret.name, error);
        return [arn, { bound, problems: bound.problems, seen: {} }];
      }
    };
    return new Map(await pMap(all, look, { concurrency }));
  };
  const first = await lookAll(boundSecrets);
  // No longer listed: deleted, or not ours any more. Its auth configs tell of that.
  const gone = [...stored].filter(([arn]) => !first.has(arn));
  const turning = [
    ...[...first].flatMap(([arn, { seen }]) => (isTurn(stored.get(arn)?.problems.problems ?? [], seen) ? [arn] : [])),
    ...gone.flatMap(([arn, { problems }]) => (problems.problems.length > 0 ? [arn] : [])),
  ];
  const again = await lookAgain(dependencies, turning, lookAll);
  const allOver = (arn: string) => overOf(stored.get(arn)?.problems);
  const confirmed = (arn: string, seen: SeenOf<string>) =>
    turning.includes(arn) ? agreed(seen, again ? (again.get(arn)?.seen ?? allOver(arn)) : {}) : seen;
  const keep = async ([arn, { bound, problems, seen }]: [string, Looked]): Promise<SecretFinding[]> => {
    const { name: secret } = bound.secret;
    const next = await keepSeen(dependencies, bound.secret, stored.get(arn), confirmed(arn, seen)).catch(
      (error: unknown) => {
        warn(logger, secret, error);
        return [];
      },
    );
    const problemsNow = again && turning.includes(arn) ? (again.get(arn)?.problems ?? []) : problems;
    return problemsNow.map((problem) => {
      const told = next.find(({ topic, endedAt }) => topic === problem.topic && endedAt === undefined);
      return { secret, secretArn: arn, problem, since: told?.since };
    });
  };
  const findings = await pMap(first, keep, { concurrency });
  for (const [arn, one] of gone) {
    await see(dependencies, one, confirmed(arn, allOver(arn))).catch((error: unknown) =>
      warn(logger, one.problems.secret, error),
    );
  }
  return findings.flat();
}

/** A secret, what is wrong about it, and what of that is to be kept. */
interface Looked {
  bound: BoundSecret;
  problems: readonly SecretProblem[];
  seen: SeenOf<string>;
}

/** The secrets as they are now, those that are in question asked for one by one; `undefined` where that fails. */
async function lookAgain(
  dependencies: SecretFollowDependencies,
  arns: readonly string[],
  lookAll: (all: readonly BoundSecret[]) => Promise<Map<string, Looked>>,
): Promise<ReadonlyMap<string, Looked> | undefined> {
  if (arns.length === 0) return new Map();
  try {
    return await lookAll(await readBoundSecrets(dependencies, new Set(arns)));
  } catch (error) {
    warn(dependencies.logger, `${arns.length} secrets`, error);
    return undefined;
  }
}

function warn(logger: Pick<Logger, "warn">, secret: string, error: unknown): void {
  const { code, message } = failureReason(error);
  logger.warn("following a secret failed", { secret, code, reason: message });
}

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

/** Of what was wrong and is not found any more it is said that it is over, where that was looked at. */
function seenOf(
  bound: BoundSecret,
  before: SecretProblems | undefined,
  problems: readonly SecretProblem[],
  { isLeft, areAllReadable }: { isLeft: (problem: SecretProblem) => boolean; areAllReadable: boolean },
): SeenOf<string> {
  const isReadable = !isSecretUnreadable(bound);
  const over = (before?.problems ?? []).map(({ topic, kind }): [string, Seen<string>] => {
    // Of one that cannot be read it is not known what else is wrong, nor which auth configs it claims.
    // A label that is still there may be told of by a rotation that was refused for it.
    const isStillThere = topic === pendingTopic(bound.secret.pending ?? "");
    const isLookedAt = isReadable && (kind !== "BINDING_REFUSED" || areAllReadable) && !isStillThere;
    if (!isLookedAt) return [topic, "unknown"];
    // Nobody has named it: that it is not said any more does not mean that it is right.
    const isUnnamed = bound.secretRecords.credentials.some(
      (one) => one.isUnnamed && topic === credentialTopic(one.versionId),
    );
    return [topic, isUnnamed ? "told" : undefined];
  });
  const found = problems.map((problem): [string, Seen<string>] => [
    problem.topic,
    isLeft(problem) ? "unknown" : problem,
  ]);
  return Object.fromEntries([...over, ...found]);
}

function overOf(before: SecretProblems | undefined): SeenOf<string> {
  return Object.fromEntries((before?.problems ?? []).map(({ topic }) => [topic, undefined]));
}

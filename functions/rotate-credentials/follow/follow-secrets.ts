import type { Logger } from "@aws-lambda-powertools/logger";
import pMap from "p-map";
import type { Clock } from "../../../shared/primitives/clock.ts";
import { bindingKey } from "../../../shared/records/credential/secret-binding.ts";
import {
  type SecretProblems,
  secretProblemsFromItem,
  secretProblemsToItem,
  secretsWithProblems,
} from "../../../shared/records/credential/secret-problems.ts";
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
  onUnreadable: OnUnreadable;
}

/** Secrets that are looked at at the same time. */
const concurrency = 5;

/**
 * Finds what is wrong about each listed secret itself: tags, refused bindings, rotations and revocations that do not come.
 * Publishes it when it begins, and when it ends. What an auth config tells of itself is left to it. Costs RingCX nothing.
 *
 * @param followed by account, of those whose auth configs could be looked after
 * @returns what is wrong now
 */
export async function followSecrets(
  dependencies: SecretFollowDependencies,
  boundSecrets: readonly BoundSecret[],
  followed: ReadonlyMap<string, readonly Followed[]>,
): Promise<readonly SecretFinding[]> {
  const stored = await readStored(dependencies);
  const findings = await pMap(
    boundSecrets,
    async (bound) => {
      const { arn, name } = bound.secret;
      const [accountId, ...others] = accountsOf(bound.secret);
      const problems = secretProblems(bound, await readUnrevoked(dependencies, bound));
      const isTellable = (problem: SecretProblem) => !isLeftToAuthConfig(problem, arn, followed);
      const { problems: before = nothingWrong, expected = "absent" } = stored.get(arn) ?? {};
      stored.delete(arn);
      const known = { ...before, secretArn: arn, secret: name, accountId: others.length === 0 ? accountId : undefined };
      const seen = seenOf(bound, known, { problems, isTellable });
      const next = await see(dependencies, { problems: known, expected }, seen);
      return problems.map((problem): SecretFinding => {
        const told = next.find(({ topic, endedAt }) => topic === problem.topic && endedAt === undefined);
        return { secret: name, secretArn: arn, problem, since: told?.since };
      });
    },
    { concurrency },
  );
  // No longer listed: deleted, or not ours any more. Its auth configs tell of that.
  for (const gone of stored.values()) await see(dependencies, gone, {});
  return findings.flat();
}

interface Stored {
  problems: SecretProblems;
  expected: Expected;
}

const nothingWrong: Pick<SecretProblems, "problems" | "unknownAttributes"> = { problems: [], unknownAttributes: {} };

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
      await onUnreadable(error);
    }
  }
  return found;
}

/** What is refused to an auth config that has the secret's value is told by it; what is not known of it is left alone. */
function isLeftToAuthConfig(
  { authConfig }: SecretProblem,
  secretArn: string,
  followed: ReadonlyMap<string, readonly Followed[]>,
): boolean {
  if (!authConfig) return false;
  const id = authConfig.authConfigId.toLowerCase();
  // Whichever account a wrong tag makes of it: there is one of a UUID.
  return [...followed.values()]
    .flat()
    .some((one) => one.followed.secretArn === secretArn && one.followed.authConfigId.toLowerCase() === id);
}

function seenOf(
  bound: BoundSecret,
  { problems: before }: SecretProblems,
  { problems, isTellable }: { problems: readonly SecretProblem[]; isTellable(problem: SecretProblem): boolean },
): Record<string, Seen<string>> {
  // Of one that cannot be read it is not known what else is wrong.
  const isKnown = bound.problems.every(({ kind }) => kind !== "ITEM_UNREADABLE");
  const unknown = isKnown ? [] : before.map(({ topic }) => [topic, "unknown"] as const);
  const found = problems.map((problem) => [problem.topic, isTellable(problem) ? problem : "unknown"] as const);
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
  await publishTold(all, (told, what, problem) => outcomes.publish(secretOutcome(next, told, what, problem)));
  const left = { ...next, problems: publishedTold(all) };
  // Nothing is wrong any more: DynamoDB removes the item when it gets round to it.
  const expiresAt = left.problems.length === 0 ? { expiresAt: Math.floor(clock.now() / 1000) } : {};
  if (hasUnpublished(all) || left.problems.length === 0) {
    await table.put({ ...secretProblemsToItem(left), ...expiresAt }, version);
  }
  return left.problems;
}

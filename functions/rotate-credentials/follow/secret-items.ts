import type { OutcomeData } from "../../../shared/contract/outcome.ts";
import type { Clock } from "../../../shared/primitives/clock.ts";
import {
  type SecretProblems,
  secretProblemsFromItem,
  secretProblemsToItem,
  secretsWithProblems,
  type ToldSecretProblem,
} from "../../../shared/records/credential/secret-problems.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { accountsOf } from "../../../shared/secrets/secret-tags.ts";
import type { OnUnreadable } from "../../../shared/state/rebuilt-item.ts";
import type { Expected } from "../../../shared/state/table.ts";
import { isUnreadable } from "../../../shared/state/unreadable-item.ts";
import type { PublishDependencies } from "../report/publish-history.ts";
import { hasUnpublished, publishedTold, publishTold } from "../report/told.ts";
import { nextProblems, type SeenOf } from "./next-problems.ts";

/** What keeping and publishing stands on. */
export interface SecretItemDependencies extends PublishDependencies {
  clock: Clock;
  onUnreadable: OnUnreadable;
}

/** What the table keeps of a secret that something is wrong about. */
export interface Stored {
  problems: SecretProblems;
  expected: Expected;
}

const nothingWrong: SecretProblems = { secretArn: "", secret: "", problems: [], unknownAttributes: {} };

/** By ARN. One that cannot be read is reported, and left alone. */
export async function readStored({ table, onUnreadable }: SecretItemDependencies): Promise<Map<string, Stored>> {
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

/** Keeps what was seen of a secret, and publishes it; the first time, too. */
export async function keepSeen(
  dependencies: SecretItemDependencies,
  { arn: secretArn, name: secret, tags }: SecretDescription,
  { problems: before, expected }: Stored = { problems: nothingWrong, expected: "absent" },
  seen: SeenOf<string>,
): Promise<SecretProblems["problems"]> {
  const [first, ...others] = accountsOf({ tags });
  // What is still to be told is told in the words in which it was noted.
  const accountId = hasUnpublished(before.problems) ? before.accountId : others.length === 0 ? first : undefined;
  return see(dependencies, { problems: { ...before, secretArn, secret, accountId }, expected }, seen);
}

/** Keeps what was seen of a secret, then publishes what began or ended. Where another run wrote meanwhile it is left alone. */
export async function see(
  { table, clock, outcomes }: SecretItemDependencies,
  { problems: before, expected }: Stored,
  seen: SeenOf<string>,
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

/** The outcome that tells of something wrong about a secret, or of its end. */
function secretOutcome(
  { secret, secretArn, accountId }: SecretProblems,
  { topic, kind, since, message }: ToldSecretProblem,
  what: "begun" | "ended",
  unpublished?: { message: string; hint: string },
): OutcomeData {
  return {
    status: unpublished ? "FAILED" : "NO_CHANGE",
    summary: unpublished
      ? `Secret ${secret}: ${unpublished.message}; ${unpublished.hint}. See docs/runbook.md, secrets-with-problems.`
      : `Secret ${secret} is right again in this, or no longer listed. It was: ${message}.`,
    ...(accountId !== undefined && { accountId }),
    cause: {
      source: "/ringcx-automation/secrets",
      id: `${secretArn}/${topic}/${since}/${what}`,
      type: "ringcx.secret",
    },
    ...(unpublished && { problems: [{ path: secret, ...unpublished }] }),
    details: { topic, kind, secret, secretArn, since },
  };
}

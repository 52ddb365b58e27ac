import type { Logger } from "@aws-lambda-powertools/logger";
import pMap from "p-map";
import * as z from "zod";
import { failureReason } from "../../../shared/outcomes/failure-reason.ts";
import { authConfigRecordSchema, authConfigsOfAccount } from "../../../shared/records/account/auth-config.ts";
import {
  type FollowedAuthConfig,
  type FollowedProblem,
  followedCheckKey,
} from "../../../shared/records/account/followed-auth-config.ts";
import { accountPartition } from "../../../shared/records/service-name.ts";
import { nameOf } from "../../../shared/secrets/secret-now.ts";
import { secretTags } from "../../../shared/secrets/secret-tags.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { isUnreadable } from "../../../shared/state/unreadable-item.ts";
import type { Run } from "../read/account-services.ts";
import { type BoundSecret, isSecretUnreadable } from "../read/bound-secrets.ts";
import { readCredentialRecord } from "../record/credential-record.ts";
import { forgetApplied, forgetFailure } from "../record/forget-applied.ts";
import type { Followed } from "../report/reported.ts";
import { rotationAccount, type WriteDependencies } from "../write/write-context.ts";
import { type ChangeSeen, ListedAuthConfigs } from "./find-changes.ts";
import { type FollowedItemDependencies, FollowedItems } from "./followed-items.ts";
import {
  type BoundAuthConfig,
  isSurelyUnbound,
  type LookDependencies,
  lookAgain,
  lookAtBound,
  lookAtUnbound,
  nothingWrong,
  unknown,
} from "./look-at-auth-config.ts";
import { agreed, isTurn } from "./next-problems.ts";
import { rewriteChanged } from "./rewrite-changed.ts";

/** What looking after followed auth configs stands on. */
export interface FollowDependencies
  extends LookDependencies,
    FollowedItemDependencies,
    Pick<WriteDependencies, "ringcxFor"> {
  /** What is done about an auth config that somebody else changed in RingCX, besides saying so. */
  onChange: "report" | "rewrite";
  logger: Pick<Logger, "warn">;
}

/** An account to look at, and what this run knows of secrets. */
export interface FollowedAccount {
  accountId: string;
  boundSecrets: readonly BoundSecret[];
}

/** How often an account's auth configs are looked at, in milliseconds. */
const intervalMs = 15 * 60_000;

/** Auth configs, and secrets, that are looked at at the same time: Secrets Manager throttles. */
const concurrency = 5;

/**
 * Looks whether every auth config of an account that has a secret's value still gets that secret's versions, and is in
 * RingCX as we left it; publishes what is wrong when it begins and when it ends. Which ones those are the table says, not
 * Secrets Manager. Costs RingCX one request, and none where the account has no such auth config.
 *
 * @param hasTime whether this run has the time to look
 * @returns what is known now; as it was, where it is not time yet. Where RingCX could not be asked the next run looks again
 */
export async function followAccount(
  dependencies: FollowDependencies,
  run: Run,
  account: FollowedAccount,
  hasTime: boolean,
): Promise<readonly Followed[]> {
  const { table, clock } = dependencies;
  const { accountId } = account;
  const bound = boundOf(account);
  const items = await FollowedItems.read(dependencies, accountId);
  // At once: a secret that is gone by the time of the look names its auth configs no more.
  for (const one of bound.values()) await items.note(one.binding.authConfigId, boundFields(one));
  await items.publish();
  if (hasTime && clock.now() - items.checkedAt >= intervalMs) {
    await look(dependencies, run, account, { bound, items });
  }
  return pMap(
    items.all(),
    async (followed) => {
      const isBound = bound.has(followed.authConfigId.toLowerCase());
      const record = isBound ? undefined : await readRecord(table, accountId, followed).catch(whereUnreadable);
      return { accountId, followed, isBound, record };
    },
    { concurrency },
  );
}

/** Its line says less then; that it cannot be read is told by the look. */
function whereUnreadable(error: unknown): undefined {
  if (!isUnreadable(error)) throw error;
}

/** What a look at an account goes by. */
interface Known {
  bound: ReadonlyMap<string, BoundAuthConfig>;
  items: FollowedItems;
}

async function look(
  dependencies: FollowDependencies,
  run: Run,
  { accountId, boundSecrets }: FollowedAccount,
  { bound, items }: Known,
): Promise<void> {
  const { table, clock } = dependencies;
  const unreadable = new Set(boundSecrets.filter(isSecretUnreadable).map(({ secret }) => secret.arn));
  const provisioned = await readProvisioned(table, accountId);
  for (const { authConfigId, secretArn } of provisioned.values()) {
    if (items.get(authConfigId)) continue;
    await items.note(authConfigId, { secretArn, secret: nameOf(secretArn) });
  }
  if (items.all().length === 0) return;
  const now = clock.now();
  const followed = items.all().flatMap((before) => {
    const binding = bound.get(before.authConfigId.toLowerCase())?.binding;
    return binding ? [{ binding, before }] : [];
  });
  const { listed, changes } = await lookInRingCx(dependencies, run, accountId, followed);
  const lookAt = async (before: FollowedAuthConfig) => {
    const id = before.authConfigId.toLowerCase();
    const one = bound.get(id);
    if (!one) {
      // What a secret is bound to of which an item cannot be read, is not known.
      if (unreadable.has(before.secretArn)) return unknown;
      return lookAtUnbound(dependencies, accountId, { before, listed, isProvisioned: provisioned.has(id) });
    }
    const looked = lookAtBound(one, before, now);
    return isTurn(before.problems, looked)
      ? agreed<FollowedProblem["topic"]>(looked, await lookAgain(dependencies, accountId, before))
      : looked;
  };
  await pMap(
    items.all(),
    async (before) => {
      const id = before.authConfigId.toLowerCase();
      const { seen: change, baseline } = changes.get(id) ?? { seen: "unknown", baseline: before.baseline };
      const looked = await lookAt(before);
      const authConfig = { accountId, authConfigId: before.authConfigId };
      if (looked === "gone") await forgetApplied(table, authConfig, now);
      const isLost = typeof looked === "string";
      const seen = isLost ? nothingWrong : { CHANGE: change, ...looked };
      const isKept = await items.see({ ...before, baseline }, seen, { isLost });
      const isFailing = !isLost && typeof looked.FAILURE === "object";
      if (isKept && isFailing && !bound.has(id) && (await isSurelyUnbound(dependencies, accountId, before))) {
        await forgetFailure(table, authConfig, now);
      }
    },
    { concurrency },
  );
  if (dependencies.onChange === "rewrite") await rewriteChanged(dependencies, run, followed, items);
  if (listed) await table.put({ ...followedCheckKey(accountId), checkedAt: now });
}

/** Nothing, where RingCX cannot be asked. An account without such auth configs costs it nothing. */
async function lookInRingCx(
  dependencies: FollowDependencies,
  run: Run,
  accountId: string,
  followed: Parameters<ListedAuthConfigs["changes"]>[1],
): Promise<{ listed?: ListedAuthConfigs; changes: ReadonlyMap<string, ChangeSeen> }> {
  const { table, clock, logger } = dependencies;
  try {
    const listed = await ListedAuthConfigs.read(rotationAccount(dependencies, { accountId }, run));
    return { listed, changes: await listed.changes(table, followed, clock.now()) };
  } catch (error) {
    const { code, message } = failureReason(error);
    logger.warn("auth configs could not be compared with RingCX", { accountId, code, reason: message });
    return { changes: new Map() };
  }
}

async function readRecord(table: StateTable, accountId: string, { authConfigId }: FollowedAuthConfig) {
  return (await readCredentialRecord(table, { accountId, authConfigId })).record;
}

/** By auth config, in lower case. */
function boundOf({ accountId, boundSecrets }: FollowedAccount): Map<string, BoundAuthConfig> {
  const bound = boundSecrets.flatMap(({ secret, bindings, records }) =>
    bindings.map((binding, index): BoundAuthConfig => {
      const providerName = records[index]?.providerName ?? binding.providerName;
      return { binding, secret, record: records[index], providerName };
    }),
  );
  const ofAccount = bound.filter(({ binding }) => binding.accountId === accountId);
  return new Map(ofAccount.map((one) => [one.binding.authConfigId.toLowerCase(), one]));
}

function boundFields({ secret, providerName }: BoundAuthConfig) {
  return {
    providerName,
    secretArn: secret.arn,
    secret: secret.name,
    rotateWithin: secret.tags[secretTags.rotateWithin],
  };
}

const provisionedSchema = authConfigRecordSchema.pick({ authConfigId: true, secretArn: true });

/** What messages made, by auth config in lower case. */
async function readProvisioned(table: StateTable, accountId: string) {
  const items = await table.query(accountPartition(accountId), authConfigsOfAccount);
  const records = items.flatMap((item) => z.safeParse(provisionedSchema, item).data ?? []);
  return new Map(records.map((record) => [record.authConfigId.toLowerCase(), record]));
}

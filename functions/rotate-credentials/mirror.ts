import type { Logger } from "@aws-lambda-powertools/logger";
import { QuotaDeferredError } from "../../shared/ringcx/errors.ts";
import type { Connection } from "../../shared/runtime/connections.ts";
import type { SecretBinding } from "../../shared/secret-binding.ts";
import { readRecord } from "./auth-records.ts";
import type { AuthRecord } from "./auth-state.ts";
import { bindingsOf } from "./bindings.ts";
import type { RotationParts, Run } from "./change-credential.ts";
import { decideMirror, type MirrorDecision } from "./decide-mirror.ts";
import { reasonOf } from "./failure.ts";
import { type Held, hold, releaseAll } from "./hold.ts";
import { moveTogether } from "./move-together.ts";
import { accountsOf } from "./secret-tags.ts";
import { describeSecret, listSecrets, type SeenSecret } from "./seen-secret.ts";
import { tell } from "./tell.ts";

export interface MirrorParts extends RotationParts {
  connections: readonly Connection[];
  logger: Pick<Logger, "info" | "warn" | "error">;
}

/** A secret, the auth configs that it feeds, and what is known of them. */
export interface Fed {
  secret: SeenSecret;
  bindings: readonly SecretBinding[];
  records: readonly AuthRecord[];
}

/** Time below which no further secret is begun, in milliseconds. */
const enoughMs = 15_000;

/** More calls than this never fit at once; a group that needs more begins anyway and goes on with the next run. */
const largestQuestion = 40;

/** A lease ends this long after the invocation has to: the Lambda's own margin, and then some. */
const leaseMarginMs = 30_000;

/**
 * One tick of the schedule: finds the secrets whose current version RingCX does not have, and puts it in.
 * Nothing changed: no call to RingCX. What does not fit into this run is done by the next.
 */
export async function mirror(parts: MirrorParts, run: Run): Promise<readonly Fed[]> {
  const { clock, logger } = parts;
  const fed = await see(parts);
  const work = fed
    .map((one) => ({ one, decision: decideMirror(one.secret, one.records, clock.now()) }))
    .filter(({ one, decision }) => needsHands(decision) || one.records.some(({ untold }) => untold.length > 0))
    // What has failed before stands at the end of the queue, so that it never keeps others out.
    .toSorted((a, b) => attempts(a.one) - attempts(b.one));
  const full = new Set<string>();
  for (const [index, { one }] of work.entries()) {
    if (clock.now() > run.deadline - enoughMs) {
      logger.warn("rotation goes on with the next run", { secretsLeft: work.length - index });
      break;
    }
    if (one.bindings.some(({ accountId }) => full.has(accountId))) continue;
    try {
      await follow(parts, run, one);
    } catch (error) {
      const { code, message } = reasonOf(error);
      logger.warn("secret not followed", { secret: one.secret.name, code, reason: message });
      // An account whose quota is used up, or that cannot be reached, is left alone for the rest of this run.
      if (error instanceof QuotaDeferredError || code === "RINGCX_UNAVAILABLE") {
        for (const { accountId } of one.bindings) full.add(accountId);
      }
    }
  }
  return fed;
}

/** Every tagged secret with its bindings and their records. Of an auth config that two secrets claim, one has it. */
async function see({ table, secrets, connections, logger }: MirrorParts): Promise<Fed[]> {
  const fed: Fed[] = [];
  for await (const secret of listSecrets(secrets)) {
    const { bindings, problems } = await bindingsOf(table, secret, connections);
    if (problems.length > 0) logger.warn("secret has wrong bindings", { secret: secret.name, problems });
    const records = await Promise.all(bindings.map(async (binding) => (await readRecord(table, binding)).record));
    if (bindings.length > 0) fed.push({ secret, bindings, records });
  }
  return withoutClaims(fed, logger);
}

function withoutClaims(fed: readonly Fed[], logger: MirrorParts["logger"]): Fed[] {
  const claims = new Map<string, string[]>();
  for (const { secret, bindings } of fed) {
    for (const binding of bindings) claims.set(nameOf(binding), [...(claims.get(nameOf(binding)) ?? []), secret.arn]);
  }
  return fed.flatMap(({ secret, bindings, records }) => {
    const kept = [...bindings.keys()].filter((index) => {
      const binding = bindings[index];
      const claimants = binding ? (claims.get(nameOf(binding)) ?? []) : [];
      if (claimants.length < 2 || records[index]?.secretArn === secret.arn) return true;
      logger.warn("auth config is claimed by several secrets", { authConfigId: binding?.authConfigId, claimants });
      return false;
    });
    if (kept.length === 0) return [];
    return [
      {
        secret,
        bindings: kept.flatMap((index) => bindings[index] ?? []),
        records: kept.flatMap((index) => records[index] ?? []),
      },
    ];
  });
}

/** Looks again, fresher and alone with the auth configs, then does what is to be done. */
async function follow(parts: MirrorParts, run: Run, { secret: { arn }, bindings }: Fed): Promise<void> {
  const { table, secrets, clock } = parts;
  const lease = { holder: run.requestId, until: run.deadline + leaseMarginMs };
  const held = await hold(table, bindings, lease, clock.now());
  if (!held) return;
  try {
    const secret = await describeSecret(secrets, arn);
    const accounts = secret ? accountsOf(secret) : [];
    if (secret && bindings.every(({ accountId }) => accounts.includes(accountId)))
      await carryOut(parts, run, secret, held);
  } finally {
    for (const one of held) await tell(one, parts);
    await releaseAll(held);
  }
}

async function carryOut(parts: MirrorParts, run: Run, secret: SeenSecret, held: readonly Held[]): Promise<void> {
  const decision = decideMirror(
    secret,
    held.map(({ record }) => record),
    parts.clock.now(),
    run.requestId,
  );
  const change = { secretArn: secret.arn, requestId: run.requestId, now: () => parts.clock.now() };
  switch (decision.kind) {
    case "APPLY": {
      const outdated = decision.outdated.flatMap((index) => held[index] ?? []);
      await askForRoom(parts, run, outdated);
      await moveTogether(parts, run, { ...change, versionId: decision.versionId, trigger: "MIRROR", held, outdated });
      return;
    }
    default:
      return;
  }
}

/** A read and a PATCH each; asked before the first is spent, so that a group of them is not torn apart. */
async function askForRoom(parts: MirrorParts, run: Run, outdated: readonly Held[]): Promise<void> {
  for (const [accountId, ones] of Map.groupBy(outdated, ({ binding }) => binding.accountId)) {
    const account = parts.ringcxFor(accountId).account(accountId, { priority: "rotation", deadline: run.deadline });
    const fit = await account.wouldFit(Math.min(2 * ones.length, largestQuestion));
    if (!fit.fits) throw new QuotaDeferredError({ retryAfterMs: fit.retryAfterMs, accountId });
  }
}

function needsHands({ kind }: MirrorDecision): boolean {
  return kind === "APPLY" || kind === "SETTLE" || kind === "ABANDON";
}

function attempts({ records }: Fed): number {
  return Math.max(0, ...records.map(({ failure }) => failure?.attempts ?? 0));
}

function nameOf({ accountId, authConfigId }: SecretBinding): string {
  return `${accountId}/${authConfigId}`;
}

import type { Clock } from "../../../shared/primitives/clock.ts";
import {
  type EdgeAudit,
  edgeAuditFromItem,
  edgeAuditKey,
  edgeAuditToItem,
  edgeId,
} from "../../../shared/records/account/edge-audit.ts";
import type { FollowedAuthConfig } from "../../../shared/records/account/followed-auth-config.ts";
import type { Connection } from "../../../shared/ringcx/session/connection.ts";
import type { Home } from "../../../shared/secrets/secret-now.ts";
import { beginRun, type Run } from "../read/account-services.ts";
import type { BoundSecret, ReadDependencies } from "../read/bound-secrets.ts";
import { hasUnpublished, publishedTold } from "../report/told.ts";
import type { WriteDependencies } from "../write/write-context.ts";
import { type DeactivateDependencies, deactivateServices } from "./deactivate-services.ts";
import { type AccountSeen, type FoundEdge, findWrongEdges, isUnknown, nextEdges } from "./find-edges.ts";
import { readHeldSecrets } from "./held-secrets.ts";
import { describeSecrets } from "./known-secrets.ts";
import { publishEdges } from "./publish-edges.ts";
import { unshownServices } from "./unshown-services.ts";

/** What the audit of edges stands on. */
export interface AuditDependencies
  extends ReadDependencies,
    Pick<WriteDependencies, "ringcxFor">,
    DeactivateDependencies {
  clock: Clock;
  /** `undefined` where it is not known. */
  home: Home | undefined;
  /** What is done about a service that is called with a secret that does not allow it, besides saying so. */
  onViolation: "report" | "deactivate";
}

/** How often an account is looked at, in milliseconds: the bound on how late a person's change is noticed. */
const intervalMs = 15 * 60_000;

/** An account to look at, and what this run knows of secrets. */
export interface AuditedAccount {
  accountId: string;
  connection: Connection;
  boundSecrets: readonly BoundSecret[];
  /** What is known of its auth configs; `undefined` where they could not be looked after. */
  followed: readonly FollowedAuthConfig[] | undefined;
}

/**
 * Looks whether every service of an account that is called with a secret's value may be, by the secret's present tags,
 * whoever made it so; publishes each wrong edge when it begins and when it ends. An account without a secret's value
 * costs RingCX nothing.
 *
 * @returns what is known now; as it was, where it is not time yet or another run is at it
 * @throws what reading RingCX or the table throws: then the next run looks
 */
export async function auditAccount(
  dependencies: AuditDependencies,
  run: Run,
  account: AuditedAccount,
): Promise<EdgeAudit> {
  const { table, clock, outcomes, onViolation } = dependencies;
  const { accountId } = account;
  const item = await table.get(edgeAuditKey(accountId));
  let expected = item?.version ?? ("absent" as const);
  const save = async (next: EdgeAudit): Promise<boolean> => {
    const version = await table.put(edgeAuditToItem(accountId, next), expected);
    if (version !== false) expected = version;
    return version !== false;
  };
  const publish = async (audit: EdgeAudit): Promise<EdgeAudit> => {
    await publishEdges(outcomes, accountId, audit.edges);
    return { ...audit, edges: publishedTold(audit.edges) };
  };

  const before = edgeAuditFromItem(item);
  const authConfigIds = withBound(before.authConfigIds, account);
  let audit = { ...before, authConfigIds };
  const isBehind = hasUnpublished(before.edges);
  if (isBehind) audit = await publish(audit);
  // At once: a secret that is gone by the time of the audit names its auth configs no more.
  if ((isBehind || authConfigIds.length > before.authConfigIds.length) && !(await save(audit))) return audit;
  if (clock.now() - audit.checkedAt < intervalMs) return audit;

  const now = clock.now();
  const { seen, found } = await look(dependencies, run, account, audit);
  const edges = nextEdges(audit.edges, found, { seen, followed: account.followed }, new Date(now).toISOString());
  audit = { ...audit, ...edges, authConfigIds: rememberedIds(seen) };
  // Before it is published: what is said twice after a crash has one id.
  if (hasUnpublished(audit.edges)) {
    if (!(await save(audit))) return audit;
    audit = await publish(audit);
  }
  if (onViolation === "deactivate") await deactivateServices(dependencies, run, accountId, found, audit.edges);
  // What was left open the next run looks at.
  if (seen.unshown) return audit;
  audit = { ...audit, checkedAt: now };
  await save(audit);
  return audit;
}

/**
 * The wrong edges of an account. What would begin or end is looked at again, all of it: the table and RingCX are not read at
 * one moment, the secrets were listed when the run began, and somebody may be in the middle of a change.
 */
async function look(
  dependencies: AuditDependencies,
  run: Run,
  account: AuditedAccount,
  { edges, authConfigIds }: EdgeAudit,
): Promise<{ seen: AccountSeen; found: FoundEdge[] }> {
  const { clock, table } = dependencies;
  const listed = new Map(account.boundSecrets.map(({ secret }) => [secret.arn, secret]));
  const seen = await see(dependencies, run, account, authConfigIds, listed);
  const found = findWrongEdges(seen);
  const open = edges.filter(({ endedAt }) => endedAt === undefined);
  const known = new Set(open.map(edgeId));
  const foundIds = new Set(found.map(({ edge }) => edgeId(edge)));
  const begun = found.filter(({ edge }) => !known.has(edgeId(edge)));
  const ended = open.filter((edge) => !foundIds.has(edgeId(edge)) && !isUnknown(edge, seen));
  if (begun.length + ended.length === 0) return { seen, found };
  for (const { secretArn } of [...begun.map(({ edge }) => edge), ...ended]) listed.delete(secretArn);
  const lookedAt = clock.now();
  const again = await see(dependencies, beginRun(dependencies, run), account, authConfigIds, listed);
  const foundAgain = findWrongEdges(again);
  const changed = [...begun.map(({ edge }) => edge), ...ended].map(({ serviceId }) => serviceId);
  const groupIds = new Map(
    [...seen.services, ...again.services].map(({ ids }) => [ids.serviceId, ids.serviceGroupId] as const),
  );
  const inQuestion = new Map(changed.map((serviceId) => [serviceId, groupIds.get(serviceId)] as const));
  const unshown = await unshownServices(table, account.accountId, inQuestion, lookedAt);
  const confirmed = new Set(foundAgain.flatMap(({ edge }) => (unshown.has(edge.serviceId) ? [] : [edgeId(edge)])));
  const goesOn = foundAgain.filter(({ edge }) => known.has(edgeId(edge)) && !foundIds.has(edgeId(edge)));
  return {
    seen: changed.some((serviceId) => unshown.has(serviceId)) ? { ...again, unshown } : again,
    found: [...found.filter(({ edge }) => known.has(edgeId(edge)) || confirmed.has(edgeId(edge))), ...goesOn],
  };
}

/**
 * The table before RingCX: a service that was linked or moved meanwhile is seen as it is now. Of secrets that are not
 * listed only those are described that a service is called with.
 */
async function see(
  { table, secrets, home, clock }: AuditDependencies,
  run: Run,
  { accountId, connection, boundSecrets }: AuditedAccount,
  authConfigIds: readonly string[],
  listed: ReadonlyMap<string, BoundSecret["secret"]>,
): Promise<AccountSeen> {
  const held = await readHeldSecrets(table, accountId, boundSecrets, authConfigIds);
  const services = held.secretsOf.size > 0 ? await run.readServices(accountId) : [];
  const linked = new Set(services.flatMap((service) => service.authConfigIds.map((id) => id.toLowerCase())));
  const used = [...held.secretsOf].filter(([id]) => linked.has(id.toLowerCase()));
  const arns = new Set(used.flatMap(([, secretArns]) => secretArns));
  const described = await describeSecrets(
    { secrets, home },
    [...arns].filter((arn) => !listed.has(arn)),
    clock.now(),
  );
  const known = new Map([...listed, ...described]);
  return { accountId, connection, ...held, services, secrets: known };
}

function withBound(authConfigIds: readonly string[], { accountId, boundSecrets }: AuditedAccount): string[] {
  const known = new Set(authConfigIds.map((id) => id.toLowerCase()));
  const bound = boundSecrets.flatMap(({ bindings }) => bindings);
  const added = bound.filter(
    (binding) => binding.accountId === accountId && !known.has(binding.authConfigId.toLowerCase()),
  );
  return [...authConfigIds, ...new Set(added.map(({ authConfigId }) => authConfigId))];
}

function rememberedIds({ secretsOf, unreadable }: AccountSeen): string[] {
  return [...new Set([...secretsOf.keys(), ...unreadable])];
}

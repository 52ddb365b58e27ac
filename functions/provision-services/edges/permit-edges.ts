import type { Manifest } from "../../../shared/contract/apply.ts";
import type { Problem } from "../../../shared/contract/outcome.ts";
import { plainUrl } from "../../../shared/primitives/host-pattern.ts";
import { isSameId } from "../../../shared/ringcx/resources/auth-config.ts";
import { showsLinks } from "../../../shared/secrets/account-links.ts";
import {
  type AccountAfterwards,
  type KnownSecret,
  type LinkedService,
  PermittedEdges,
  type RefusedEdge,
} from "../../../shared/secrets/edges.ts";
import type { SecretReader } from "../../../shared/secrets/secret-reader.ts";
import { whyUnusable } from "../../../shared/secrets/unusable-secret.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import type { AuthorizedAccount } from "../authorize/authorize-secret.ts";
import { linkFirst } from "../plan/replan-service.ts";
import { isWritten, type PlanRequest, type ResourcePlan } from "../plan/resource-plan.ts";
import type { AccountReader } from "../read/observed-account.ts";
import type { StoredResources } from "../read/stored-resources.ts";
import {
  type EdgePaths,
  groupsInQuestion,
  type PlannedAccount,
  servicesAfterwards,
  undeclaredLinks,
  writtenAuthConfigs,
} from "./edges-afterwards.ts";
import { KeptSecrets } from "./kept-secrets.ts";

/** What the edges of an account are checked with. */
export interface PermitContext extends AuthorizedAccount, Pick<AccountReader, "observed"> {
  table: StateTable;
}

/**
 * Checks the result of the plans, not the message: no edge service host × auth config × secret may come about that the
 * secret does not allow, whoever made the rest of it. Where only the order of two writes would make one, the plan gets the
 * other order.
 *
 * @returns the plans and what they may write, or what speaks against them
 * @throws {SecretUnreadableError} and RingCX's errors where something cannot be read now: then nothing is known
 */
export async function permitEdges(
  plans: readonly ResourcePlan<Manifest>[],
  { clones }: Pick<PlanRequest, "clones">,
  context: PermitContext,
): Promise<{ plans: readonly ResourcePlan<Manifest>[]; permitted: PermittedEdges } | { problems: Problem[] }> {
  const { observed } = context;
  const isLinkShown = showsLinks(observed.groups);
  const account: PlannedAccount = { plans, clones, groups: observed.groups, isLinkShown };
  const links = await observed.readLinks(groupsInQuestion(account));
  const written = writtenAuthConfigs(plans);
  const unawaited = undeclaredLinks(account, links);
  const keptSecrets = new KeptSecrets(context);
  const first = new Set<ResourcePlan<Manifest>>();
  for (;;) {
    const { services, paths } = servicesAfterwards(account, links, (plan) => first.has(plan));
    const ids = new Set([...services.flatMap(({ authConfigIds }) => authConfigIds), ...written.keys()]);
    const secretsOf = new Map<string, readonly string[]>();
    for (const id of ids) {
      const next = [...written].find(([one]) => isSameId(one, id))?.[1].secretId;
      const arn = next === undefined ? undefined : (await context.secretReader.describe(next)).arn;
      const kept = arn === undefined || unawaited.has(id.toLowerCase()) ? await keptSecrets.of(id) : [];
      const arns = [...new Set([...(arn === undefined ? [] : [arn]), ...kept])];
      if (arns.length > 0) secretsOf.set(id, arns);
    }
    const { accountId, connection } = context;
    const after: AccountAfterwards = { accountId, connection, services, secretsOf };
    const result = PermittedEdges.check(after, await describedSecrets(secretsOf, context.secretReader));
    if ("permitted" in result)
      return { plans: plans.map((plan) => (first.has(plan) ? linkFirst(plan) : plan)), ...result };
    // Once more with the link before the URL, for those that have another link then.
    const movable = plans.filter((plan) => isMovable(plan, result.refused, { isLinkShown, first, paths }));
    if (movable.length === 0)
      return { problems: result.refused.map((edge) => edgeProblem(edge, { services, paths, written })) };
    for (const plan of movable) first.add(plan);
  }
}

function isMovable(
  plan: ResourcePlan<Manifest>,
  refused: readonly RefusedEdge[],
  { isLinkShown, first, paths }: { isLinkShown: boolean; first: ReadonlySet<unknown>; paths: EdgePaths },
): boolean {
  if (isLinkShown || first.has(plan) || !isWritten(plan) || plan.resource.kind !== "httpService") return false;
  const path = (service: string | undefined) => (service === undefined ? undefined : paths.get(service)?.path);
  const link = plan.steps.find((step) => step.do === "confirmAuthLink")?.authConfigId;
  return (
    link !== undefined &&
    refused.some(
      ({ service, authConfigId }) => path(service)?.startsWith(`${plan.path}.`) && !isSameId(authConfigId, link),
    )
  );
}

async function describedSecrets(
  secretsOf: ReadonlyMap<string, readonly string[]>,
  secretReader: SecretReader,
): Promise<Map<string, KnownSecret>> {
  const arns = [...new Set([...secretsOf.values()].flat())];
  const known = await Promise.all(arns.map(async (arn) => [arn, await knownSecret(arn, secretReader)] as const));
  return new Map(known);
}

async function knownSecret(arn: string, secretReader: SecretReader): Promise<KnownSecret> {
  try {
    const { tags, isDeleted } = await secretReader.describe(arn);
    return isDeleted ? { arn, unusable: "it is deleted" } : { arn, tags };
  } catch (error) {
    const unusable = whyUnusable(error);
    if (unusable === undefined) throw error;
    return { arn, unusable };
  }
}

function edgeProblem(
  { service, authConfigId, url, message, hint }: RefusedEdge,
  {
    services,
    paths,
    written,
  }: {
    services: readonly LinkedService[];
    paths: EdgePaths;
    written: ReturnType<typeof writtenAuthConfigs>;
  },
): Problem {
  const given = [...written].find(([id]) => isSameId(id, authConfigId))?.[1].path;
  const planned = service === undefined ? undefined : paths.get(service);
  // Where a service is before the message moves it, is nothing that its URL in the message could mend.
  const isBefore = planned !== undefined && plainUrl(url)?.host !== plainUrl(planned.url)?.host;
  const own = isBefore ? undefined : planned?.path;
  if (isBefore && given !== undefined) {
    return {
      path: given,
      message: `the service ${service} is still elsewhere when its auth config gets the secret: ${message}`,
      hint: "give the service an auth config of its own for the new secret, in the message that moves it",
    };
  }
  // What concerns the secret as a whole stands where a service of the message would use it.
  const user = services.find(
    ({ name, authConfigIds }) => paths.has(name) && authConfigIds.some((id) => isSameId(id, authConfigId)),
  );
  const path = own ?? given ?? planned?.path ?? (user && paths.get(user.name)?.path) ?? "data";
  const whose =
    service === undefined || own !== undefined
      ? ""
      : `the service ${service}${isBefore ? ", as it is now or is copied from," : ""} uses auth config ${authConfigId}: `;
  return { path, message: `${whose}${message}`, hint };
}

/** What a message may write that makes no edge: nothing of URLs, links and credentials. */
export const noNewEdges: PermittedEdges = nothing();

function nothing(): PermittedEdges {
  const result = PermittedEdges.check(
    { accountId: "", connection: { name: "" }, services: [], secretsOf: new Map() },
    new Map(),
  );
  if ("permitted" in result) return result.permitted;
  throw new Error("an account without edges was refused");
}

/**
 * The plans, with what only the secrets themselves tell: behind the name that a manifest has always used there is another
 * secret now (it was deleted and made again), whose value the auth config is to get.
 */
export async function withChangedSecrets(
  plans: readonly ResourcePlan<Manifest>[],
  { authConfigs }: Pick<StoredResources, "authConfigs">,
  secretReader: SecretReader,
): Promise<readonly ResourcePlan<Manifest>[]> {
  return Promise.all(
    plans.map(async (plan): Promise<ResourcePlan<Manifest>> => {
      const { resource, found, steps } = plan;
      const record = authConfigs.get(plan.key);
      if (resource.kind !== "authConfig" || !isWritten(plan) || steps.length > 0 || !record) return plan;
      const { arn } = await secretReader.describe(resource.secretId);
      if (arn === record.secretArn) return plan;
      const authConfigId = found?.authConfigId ?? record.authConfigId;
      const changes = ["credential (another secret of the same name)"];
      return { ...plan, steps: [{ do: "updateAuthConfig", authConfigId, manifest: resource, changes }] };
    }),
  );
}

import type { Manifest } from "../../../shared/contract/apply.ts";
import type { Problem } from "../../../shared/contract/outcome.ts";
import type { ResourceName } from "../../../shared/contract/resource-key.ts";
import { cutName, isCutName, isSameName } from "../../../shared/primitives/same-name.ts";
import {
  AssumptionBrokenError,
  type BrokenAssumption,
  cutNames,
  cutRename,
} from "../../../shared/ringcx/resources/assumption-broken-error.ts";
import { isRefusal } from "../../../shared/ringcx/resources/errors.ts";
import { type OperationName, operations } from "../../../shared/ringcx/resources/operations.ts";
import type { ResourcePlan, Step } from "./resource-plan.ts";

/** What a kind of resource is in words, the field that it has its name in, and the calls that show, make and rename it. */
const named = {
  httpServiceGroup: {
    what: "group",
    field: "groupName",
    reads: "groups.get",
    makes: "groups.create",
    renames: "groups.update",
  },
  httpService: {
    what: "service",
    field: "serviceDescription",
    reads: "services.get",
    makes: "services.create",
    renames: "services.update",
  },
  authConfig: {
    what: "auth config",
    field: "providerName",
    reads: "authConfigs.get",
    makes: "authConfigs.createOAuth",
    renames: "authConfigs.updateOAuth",
  },
} as const satisfies Record<
  Manifest["kind"],
  { what: string; field: string; reads: OperationName; makes: OperationName; renames: OperationName }
>;

/** The name that RingCX is to show of a resource. */
function nameOf(resource: ResourceName): string {
  switch (resource.kind) {
    case "httpServiceGroup":
      return resource.groupName;
    case "httpService":
      return resource.serviceDescription;
    case "authConfig":
      return resource.providerName;
  }
}

/** A name that RingCX may not keep whole: it is tried alone, so that nothing else is changed where it is cut. */
export function mayBeCut(name: string): boolean {
  return cutName(name) !== name;
}

/** What is found has what RingCX may have left of the name that it is to have: nothing more is written. */
export function cutNameProblem(
  shown: string | undefined,
  resource: Manifest,
  { path, wasRenamed = false }: { path: string; wasRenamed?: boolean },
): Pick<ResourcePlan, "problems" | "broken"> | undefined {
  if (!isCutName(shown, nameOf(resource))) return undefined;
  const { field, reads } = named[resource.kind];
  const broken = brokenBy(shown, reads, adviceFor(shown, resource, wasRenamed));
  return { problems: [{ path: `${path}.${field}`, message: broken.message, hint: broken.advice }], broken };
}

/** What is found has the first 64 characters of a name by which nobody knows it: whose it is is not told. */
export function cutNamesake(shown: string | undefined, resource: ResourceName, path: string): Problem | undefined {
  if (!isCutName(shown, nameOf(resource))) return undefined;
  const { what, field } = named[resource.kind];
  return {
    path: `${path}.${field}`,
    message: `a ${what} is called ${JSON.stringify(shown)}, which is this name where RingCX cuts names to 64 characters`,
    hint: "name it as it is called, or by the name that it was made under; another one needs a name that differs in the first 64 characters",
  };
}

/**
 * What something is called again whose new name RingCX has cut.
 *
 * @param candidates names that it may have had, the likeliest first
 */
export function nameBefore(resource: Manifest, candidates: readonly (string | undefined)[]): string | undefined {
  const name = nameOf(resource);
  return candidates.find((one) => one !== undefined && !isSameName(one, name) && !isCutName(one, name));
}

/** @throws {AssumptionBrokenError} where RingCX has not kept the name under which something was just made */
export function requireWholeName(shown: string | undefined, resource: Manifest): void {
  if (isCutName(shown, nameOf(resource)))
    throw brokenBy(shown, named[resource.kind].makes, adviceFor(shown, resource, false));
}

/**
 * Gives something back the name that it had, where RingCX has cut the one that it was to get. What the table knows of it has that
 * name already: whether RingCX takes it or not, every message finds it by it.
 *
 * @throws {AssumptionBrokenError} in any case
 */
export async function undoRename(
  { shown, before, resource }: { shown: string | undefined; before: string; resource: Manifest },
  write: () => Promise<void>,
): Promise<never> {
  const { renames } = named[resource.kind];
  const facts = { known: before, hasPrevious: resource.kind !== "authConfig" };
  try {
    await write();
  } catch (error) {
    if (!isRefusal(error) || (error.status ?? 500) >= 500) throw error;
    throw brokenBy(shown, renames, cutRename(shown, { ...facts, isRestored: false }));
  }
  throw brokenBy(shown, renames, cutRename(shown, { ...facts, isRestored: true }));
}

const making: ReadonlySet<string> = new Set(["createGroup", "createAuthConfig", "createService", "cloneService"]);

/** Whether a step makes something, of which nobody could tell afterwards for whom it was made. */
export function isMaking({ do: what }: Pick<Step, "do">): boolean {
  return making.has(what);
}

/**
 * What is to be made, and would get one name where RingCX cuts them, is made in turn: the first one shows whether it does, and
 * keeps the others back.
 */
export function afterCutTwins(plans: readonly ResourcePlan[]): ResourcePlan[] {
  return plans.map((plan, index): ResourcePlan => {
    if (!plan.steps.some(isMaking)) return plan;
    const twins = plans.slice(0, index).filter(({ resource }) => isCutTwin(resource, plan.resource));
    return { ...plan, dependsOn: [...plan.dependsOn, ...twins.map(({ key }) => key)] };
  });
}

/** Whether two different names, in the same place, would be one where RingCX cuts them. */
function isCutTwin(one: Manifest, other: Manifest): boolean {
  if (one.kind !== other.kind) return false;
  const isElsewhere =
    one.kind === "httpService" && other.kind === "httpService" && !isSameName(one.groupName, other.groupName);
  const names = [nameOf(one), nameOf(other)] as const;
  const isLong = names.some((name) => cutName(name) !== name);
  return !isElsewhere && isLong && !isSameName(...names) && isSameName(cutName(names[0]), cutName(names[1]));
}

/** A group is retired by no message, and what was renamed is not what the message made. */
function adviceFor(shown: string | undefined, resource: Manifest, wasRenamed: boolean): BrokenAssumption {
  const isKept = wasRenamed || resource.kind === "httpServiceGroup";
  return isKept ? cutRename(shown, { known: nameOf(resource), isRestored: false, hasPrevious: true }) : cutNames;
}

function brokenBy(shown: string | undefined, name: OperationName, broken: BrokenAssumption): AssumptionBrokenError {
  const { permission } = operations[name];
  const reason = `its name is ${JSON.stringify(shown)}`;
  return new AssumptionBrokenError({ operation: name, permission, ids: {}, reason }, broken);
}

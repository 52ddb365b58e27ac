import type { Manifest } from "../../../shared/contract/apply.ts";
import type { Problem } from "../../../shared/contract/outcome.ts";
import { displayName } from "../../../shared/contract/resource-key.ts";
import { cutName, isCutName, isSameName } from "../../../shared/primitives/same-name.ts";
import { AssumptionBrokenError, cutNames } from "../../../shared/ringcx/resources/assumption-broken-error.ts";
import { type OperationName, operations } from "../../../shared/ringcx/resources/operations.ts";
import type { ResourcePlan } from "./resource-plan.ts";

/** The field that a resource of each kind has its name in, and the calls that show it and make it. */
const named = {
  httpServiceGroup: { field: "groupName", reads: "groups.get", makes: "groups.create" },
  httpService: { field: "serviceDescription", reads: "services.get", makes: "services.create" },
  authConfig: { field: "providerName", reads: "authConfigs.get", makes: "authConfigs.createOAuth" },
} as const satisfies Record<Manifest["kind"], { field: string; reads: OperationName; makes: OperationName }>;

/** The name that RingCX is to show of a resource. */
function nameOf(resource: Manifest): string {
  switch (resource.kind) {
    case "httpServiceGroup":
      return resource.groupName;
    case "httpService":
      return resource.serviceDescription;
    case "authConfig":
      return resource.providerName;
  }
}

/** What is found has what RingCX may have left of the name that it is to have: nothing more is written. */
export function cutNameProblem(
  shown: string | undefined,
  resource: Manifest,
  path: string,
): Pick<ResourcePlan, "problems" | "broken"> | undefined {
  if (!isCutName(shown, nameOf(resource))) return undefined;
  const { field, reads } = named[resource.kind];
  const broken = brokenBy(shown, reads);
  return { problems: [{ path: `${path}.${field}`, message: broken.message, hint: broken.advice }], broken };
}

/** @throws {AssumptionBrokenError} where RingCX has not kept the name that was just written */
export function requireWholeName(shown: string | undefined, resource: Manifest): void {
  if (isCutName(shown, nameOf(resource))) throw brokenBy(shown, named[resource.kind].makes);
}

/** What makes something, of which nobody could tell afterwards for whom it was made. */
const makes: ReadonlySet<string> = new Set(["createGroup", "createAuthConfig", "createService", "cloneService"]);

/** Refuses what is to be made where another resource of the message would be cut to the same name. */
export function withoutCutTwins(plans: readonly ResourcePlan[]): ResourcePlan[] {
  return plans.map((plan): ResourcePlan => {
    const { resource, path, steps } = plan;
    const isMade = steps.some((step) => makes.has(step.do));
    if (!isMade || !plans.some((other) => isCutTwin(other.resource, resource))) return plan;
    const problem: Problem = {
      path: `${path}.${named[resource.kind].field}`,
      message: `another ${resource.kind} of the message has a name that begins with the same 64 characters as ${JSON.stringify(displayName(resource))}`,
      hint: "RingCX may cut names to 64 characters: let names differ in the first 64, or send them one after the other",
    };
    return { ...plan, steps: [], problems: [...plan.problems, problem] };
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

function brokenBy(shown: string | undefined, name: OperationName): AssumptionBrokenError {
  const { permission } = operations[name];
  const reason = `its name is ${JSON.stringify(shown)}`;
  return new AssumptionBrokenError({ operation: name, permission, ids: {}, reason }, cutNames);
}

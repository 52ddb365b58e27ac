import { noteUsed } from "../../infra/local/iam/permission-use.ts";
import type { StateTable } from "../../shared/state/table.ts";
import { plainEnvironment, statementsOf, synthesized } from "../infra/synthesized.ts";
import { noteDenied } from "./denied.ts";

// In one process nobody asks a role. So what the fixtures hand to a function's core asks the role that the template gives
// that function: a call that would be denied as deployed fails the test that makes it, also where the function
// catches that.

let statements: ReturnType<typeof statementsOf> | undefined;
/** By functions: actions, and the roles that have them. */
const permitted = new Map<string, ReadonlyMap<string, readonly string[]>>();
const noted = new Set<string>();

/** All actions that the roles of the functions may do, on whichever resource, and which roles may. */
function actionsOf(functionIds: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const key = functionIds.join();
  const known = permitted.get(key);
  if (known) return known;
  // The setting with which the sync may do most.
  statements ??= statementsOf(synthesized({ ...plainEnvironment, confinement: { onViolation: "deactivate" } }));
  const theirs = statements.filter(({ id }) => functionIds.some((name) => id.includes(`${name}Role`)));
  const grants = theirs.flatMap(({ id, actions }) => actions.map((action) => ({ role: roleOf(id), action })));
  const found = new Map(
    [...Map.groupBy(grants, ({ action }) => action)].map(([action, all]) => [action, all.map(({ role }) => role)]),
  );
  if (found.size === 0) throw new Error(`the template has no role of ${key}`);
  permitted.set(key, found);
  return found;
}

/** A role's logical id from that of its policy. */
function roleOf(policyId: string): string {
  return policyId.replace(/DefaultPolicy[0-9A-F]{8}$/, "");
}

function requireAction(functionIds: readonly string[], action: string): void {
  const roles = actionsOf(functionIds).get(action);
  if (roles) {
    // Of several functions in one it is not known which of them asks.
    const [role] = roles;
    if (functionIds.length === 1 && role !== undefined) noteOnce(role, action);
    return;
  }
  const words = `AccessDenied: the role of ${functionIds.join(" and ")} in the template lacks ${action}`;
  noteDenied(words);
  throw new Error(words);
}

function noteOnce(role: string, action: string): void {
  const key = `${role} ${action}`;
  if (noted.has(key)) return;
  noted.add(key);
  noteUsed(role, action);
}

const tableActions: Readonly<Record<keyof StateTable, string>> = {
  get: "dynamodb:GetItem",
  put: "dynamodb:PutItem",
  update: "dynamodb:UpdateItem",
  delete: "dynamodb:DeleteItem",
  query: "dynamodb:Query",
};

/** The table as the functions may use it. What a test puts in the place of a method later holds. */
export function tableOfRole(functionIds: readonly string[], table: StateTable): StateTable {
  return new Proxy(table, {
    get(target, name) {
      const method = Reflect.get(target, name) as unknown;
      const action = tableActions[name as keyof StateTable];
      if (action === undefined || typeof method !== "function") return method;
      return async (...args: unknown[]) => {
        requireAction(functionIds, action);
        return Reflect.apply(method, target, args) as unknown;
      };
    },
  });
}

/** An AWS client as the functions may use it. @param service as actions name it: `secretsmanager` */
export function clientOfRole<Client extends object>(
  functionIds: readonly string[],
  service: string,
  client: Client,
): Client {
  return new Proxy(client, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown;
      if (name !== "send" || typeof value !== "function") return value;
      return (command: object, ...others: unknown[]) => {
        requireAction(functionIds, `${service}:${command.constructor.name.replace(/Command$/, "")}`);
        return Reflect.apply(value, target, [command, ...others]) as unknown;
      };
    },
  });
}

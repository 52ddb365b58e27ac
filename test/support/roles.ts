import type { StateTable } from "../../shared/state/table.ts";
import { plainEnvironment, statementsOf, synthesized } from "../infra/synthesized.ts";
import { noteDenied } from "./denied.ts";

// In one process nobody asks a role. So what the fixtures hand to a function's core asks the role that the template gives
// that function: a call that would be denied as deployed fails the test that makes it, also where the function
// catches that.

let statements: ReturnType<typeof statementsOf> | undefined;
const permitted = new Map<string, ReadonlySet<string>>();

/** All actions that the roles of the functions may do, on whichever resource. */
function actionsOf(functionIds: readonly string[]): ReadonlySet<string> {
  const key = functionIds.join();
  const known = permitted.get(key);
  if (known) return known;
  // The setting with which the sync may do most.
  statements ??= statementsOf(synthesized({ ...plainEnvironment, confinement: { onViolation: "deactivate" } }));
  const actions = statements.filter(({ id }) => functionIds.some((name) => id.includes(`${name}Role`)));
  const found = new Set(actions.flatMap((statement) => statement.actions));
  if (found.size === 0) throw new Error(`the template has no role of ${key}`);
  permitted.set(key, found);
  return found;
}

function requireAction(functionIds: readonly string[], action: string): void {
  if (actionsOf(functionIds).has(action)) return;
  const words = `AccessDenied: the role of ${functionIds.join(" and ")} in the template lacks ${action}`;
  noteDenied(words);
  throw new Error(words);
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

import { accessDenied, badRequest } from "../refusal.ts";

const rights = ["CREATE", "READ", "UPDATE", "DELETE"] as const;
const resources = ["Account", "HttpServiceGroup", "HttpService", "ExternalAuthConfig"] as const;

type Right = (typeof rights)[number];
export type Resource = (typeof resources)[number];

/** What a role grants, e.g. `UPDATE on HttpService`; `ReadAccounts` is the OAuth scope of the app. */
export type Permission = `${Right} on ${Resource}` | "ReadAccounts";

/** Every permission there is: an administrator's. */
export const allPermissions: readonly Permission[] = [
  "ReadAccounts",
  ...resources.flatMap((resource) => rights.map((right) => `${right} on ${resource}` as const)),
];

/** @throws {Refusal} 400 naming what is no permission */
export function checkedPermissions(value: unknown): Permission[] {
  if (!Array.isArray(value)) throw badRequest("body: must be an array of permissions");
  const unknown = value.filter((permission) => !allPermissions.includes(permission));
  if (unknown.length > 0)
    throw badRequest(...unknown.map((permission) => `${JSON.stringify(permission)}: is not a permission`));
  return value;
}

/** What the one user of the simulator may do. */
export class UserPermissions {
  #granted: ReadonlySet<Permission>;

  constructor(granted: readonly Permission[] = allPermissions) {
    this.#granted = new Set(granted);
  }

  set(granted: readonly Permission[]): void {
    this.#granted = new Set(granted);
  }

  get granted(): readonly Permission[] {
    return [...this.#granted];
  }

  /** @throws {Refusal} 403 when one of them is missing */
  demand(needed: readonly Permission[]): void {
    if (!needed.every((permission) => this.#granted.has(permission))) throw accessDenied();
  }

  /** The `permissions` field of a record: what the user may do with it. */
  on(resource: Resource): Right[] {
    return rights.filter((right) => this.#granted.has(`${right} on ${resource}`));
  }
}

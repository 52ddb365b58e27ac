import type { Role } from "./roles.ts";
import type { Statement } from "./statement.ts";

/** Who acts: a session of a role, or an AWS service. */
export type Caller = { kind: "role"; role: Role; session: string } | { kind: "service"; name: string };

/**
 * Whether a statement of a resource's policy is about the caller. Allowing the account's root hands the decision
 * to the roles' own policies and so names nobody by itself; denying it names everybody.
 */
export function isNamedBy({ Principal, Effect }: Statement, caller: Caller, account: string): boolean {
  if (Principal === undefined) return false;
  if (Principal === "*") return caller.kind === "role" || Effect === "Deny";
  if (caller.kind === "service") return Principal.Service?.includes(caller.name) ?? false;
  const root = [`arn:aws:iam::${account}:root`, account];
  return (Principal.AWS ?? []).some((named) => {
    if (root.includes(named)) return Effect === "Deny";
    return (
      named === "*" || named === caller.role.arn || named.endsWith(`assumed-role/${caller.role.name}/${caller.session}`)
    );
  });
}

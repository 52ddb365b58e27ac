import { conditionHolds, matchesWildcard } from "./condition.ts";
import type { Statement } from "./statement.ts";

/** One action on one resource, as IAM judges it. */
export interface AccessRequest {
  /** `sqs:SendMessage` */
  action: string;
  /** An ARN, or `*` for what has no resource. */
  resource: string;
  /** Condition keys that are known, `aws:SecureTransport` for example. Names do not mind their case. */
  context: Readonly<Record<string, string | readonly string[]>>;
}

/** Whether a request is allowed, and by or for want of what. */
export type Decision =
  /** Every statement that allows it: any one would do. */
  | { isAllowed: true; by: readonly Statement[] }
  | { isAllowed: false; why: "explicit deny" | "no statement allows it"; by?: Statement };

function conditionsHold({ Condition }: Statement, context: AccessRequest["context"]): boolean {
  const known = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), [value].flat()]));
  return Object.entries(Condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => conditionHolds(operator, known.get(key.toLowerCase()), wanted)),
  );
}

function applies(statement: Statement, { action, resource, context }: AccessRequest): boolean {
  const { Action, NotAction, Resource, NotResource } = statement;
  const covers = (patterns: readonly string[]) =>
    patterns.some((pattern) => matchesWildcard(pattern, action, { ignoreCase: true }));
  const names = (patterns: readonly string[]) => patterns.some((pattern) => matchesWildcard(pattern, resource));
  if (Action ? !covers(Action) : NotAction && covers(NotAction)) return false;
  if (Resource ? !names(Resource) : NotResource && names(NotResource)) return false;
  return conditionsHold(statement, context);
}

/**
 * Judges a request as IAM does within one account: an explicit denial wins, otherwise one statement has to allow
 * it. Pure. Source: IAM User Guide, "Policy evaluation logic".
 */
export function isAuthorized(statements: readonly Statement[], request: AccessRequest): Decision {
  const found = statements.filter((statement) => applies(statement, request));
  const denied = found.find(({ Effect }) => Effect === "Deny");
  if (denied) return { isAllowed: false, why: "explicit deny", by: denied };
  return found.length > 0 ? { isAllowed: true, by: found } : { isAllowed: false, why: "no statement allows it" };
}

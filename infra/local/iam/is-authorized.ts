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

export type Decision =
  | { isAllowed: true; by: Statement }
  | { isAllowed: false; why: "explicit deny" | "no statement allows it"; by?: Statement };

/** Whether a text matches an IAM pattern: `*` is any text, `?` any one character. */
export function matchesWildcard(pattern: string, text: string, { ignoreCase = false } = {}): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", "[\\s\\S]*")
    .replaceAll("?", "[\\s\\S]");
  return new RegExp(`^${source}$`, ignoreCase ? "i" : "").test(text);
}

type Test = (actual: string, wanted: string) => boolean;

const equals: Test = (actual, wanted) => actual === wanted;
const like: Test = (actual, wanted) => matchesWildcard(wanted, actual);
const sameFolded: Test = (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase();

/** Operator, and whether it is the negation of a test: those hold when *no* value matches. */
const operators: Readonly<Record<string, { test: Test; isNegated?: true }>> = {
  StringEquals: { test: equals },
  StringNotEquals: { test: equals, isNegated: true },
  StringEqualsIgnoreCase: { test: sameFolded },
  StringLike: { test: like },
  StringNotLike: { test: like, isNegated: true },
  ArnEquals: { test: like },
  ArnLike: { test: like },
  ArnNotEquals: { test: like, isNegated: true },
  ArnNotLike: { test: like, isNegated: true },
  Bool: { test: sameFolded },
};

function operatorHolds(name: string, actual: readonly string[] | undefined, wanted: readonly string[]): boolean {
  const [, quantifier, plain = name] = /^(ForAllValues|ForAnyValue):(.+)$/.exec(name) ?? [];
  if (plain === "Null") return wanted.includes(String(actual === undefined));
  const isOptional = plain.endsWith("IfExists");
  const operator = operators[isOptional ? plain.slice(0, -"IfExists".length) : plain];
  if (!operator) throw new Error(`The local host does not know the IAM condition operator ${name}`);
  if (actual === undefined) return isOptional || operator.isNegated === true || quantifier === "ForAllValues";
  const one = (value: string) => wanted.some((item) => operator.test(value, item)) !== (operator.isNegated === true);
  return quantifier === "ForAnyValue" ? actual.some(one) : actual.every(one);
}

function conditionsHold({ Condition }: Statement, context: AccessRequest["context"]): boolean {
  const known = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), [value].flat()]));
  return Object.entries(Condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => operatorHolds(operator, known.get(key.toLowerCase()), wanted)),
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
 *
 * @throws for a condition operator that is not known here, by its name
 */
export function isAuthorized(statements: readonly Statement[], request: AccessRequest): Decision {
  const found = statements.filter((statement) => applies(statement, request));
  const denied = found.find(({ Effect }) => Effect === "Deny");
  if (denied) return { isAllowed: false, why: "explicit deny", by: denied };
  const [allowed] = found;
  return allowed ? { isAllowed: true, by: allowed } : { isAllowed: false, why: "no statement allows it" };
}

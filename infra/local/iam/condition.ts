/** Patterns are the templates' own, few, and asked for with every call. */
const compiled = new Map<string, RegExp>();

/** Whether a text matches an IAM pattern: `*` is any text, `?` any one character. */
export function matchesWildcard(pattern: string, text: string, { ignoreCase = false } = {}): boolean {
  const key = `${ignoreCase} ${pattern}`;
  const expression = compiled.get(key) ?? expressionOf(pattern, ignoreCase);
  compiled.set(key, expression);
  return expression.test(text);
}

function expressionOf(pattern: string, ignoreCase: boolean): RegExp {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", "[\\s\\S]*")
    .replaceAll("?", "[\\s\\S]");
  return new RegExp(`^${source}$`, ignoreCase ? "i" : "");
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

const namePattern = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/;

/** Whether an operator is known here: what is not is refused before anything is judged by it. */
export function isKnownOperator(name: string): boolean {
  const [, , plain = ""] = namePattern.exec(name) ?? [];
  return plain === "Null" || plain in operators;
}

/**
 * Whether one key of a condition holds.
 *
 * @param actual what the request has, undefined where it has no such key
 * @throws for an operator that is not known here, by its name
 */
export function conditionHolds(
  name: string,
  actual: readonly string[] | undefined,
  wanted: readonly string[],
): boolean {
  const [, quantifier, plain = "", isOptional] = namePattern.exec(name) ?? [];
  if (plain === "Null") return wanted.includes(String(actual === undefined));
  const operator = operators[plain];
  if (!operator) throw new Error(`The local host does not know the IAM condition operator ${name}`);
  if (actual === undefined)
    return isOptional !== undefined || operator.isNegated === true || quantifier === "ForAllValues";
  const one = (value: string) => wanted.some((item) => operator.test(value, item)) !== (operator.isNegated === true);
  return quantifier === "ForAnyValue" ? actual.some(one) : actual.every(one);
}

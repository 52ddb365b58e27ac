/** CloudWatch's states of an alarm. */
export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";

/** A composite alarm's rule. */
export interface AlarmRule {
  /** Names and ARNs that it speaks of. */
  alarms: readonly string[];
  /** @param stateOf of the alarm of a name or ARN */
  isTrue(stateOf: (nameOrArn: string) => AlarmState): boolean;
}

/** Raised for what is no rule, or none that is known here (`AT_LEAST`). */
export class AlarmRuleError extends Error {
  override readonly name = "AlarmRuleError";
}

type Condition = AlarmRule["isTrue"];

/**
 * Reads a rule: `ALARM`, `OK` and `INSUFFICIENT_DATA` of a name or an ARN, `TRUE` and `FALSE`, joined by `NOT` before `AND` before
 * `OR`, and by parentheses. Pure. Source: CloudWatch API Reference, "PutCompositeAlarm": AlarmRule.
 *
 * @throws {AlarmRuleError}
 */
export function parseAlarmRule(text: string): AlarmRule {
  const tokens = text.match(/"[^"]*"|[()]|[^\s()"]+/g) ?? [];
  const alarms = new Set<string>();
  let at = 0;
  const fail = (expected: string): never => {
    const found = tokens[at] === undefined ? "its end" : tokens[at];
    throw new AlarmRuleError(`AlarmRule: expected ${expected} instead of ${found}`);
  };
  const take = (token: string): boolean => {
    if (tokens[at] !== token) return false;
    at += 1;
    return true;
  };
  const joined = (word: "AND" | "OR", next: () => Condition): Condition => {
    const all = [next()];
    while (take(word)) all.push(next());
    const isEach = word === "AND";
    return (stateOf) => (isEach ? all.every((one) => one(stateOf)) : all.some((one) => one(stateOf)));
  };
  const any = (): Condition => joined("OR", () => joined("AND", one));
  const one = (): Condition => {
    if (take("NOT")) {
      const denied = one();
      return (stateOf) => !denied(stateOf);
    }
    if (take("TRUE")) return () => true;
    if (take("FALSE")) return () => false;
    if (take("(")) return closed(any());
    const state = (["ALARM", "OK", "INSUFFICIENT_DATA"] as const).find(take) ?? fail("a state, NOT or a parenthesis");
    if (!take("(")) fail("(");
    const name = tokens[at]?.replace(/^"(.*)"$/, "$1") ?? "";
    if (name === "" || name === "(" || name === ")") fail("the name or ARN of an alarm");
    at += 1;
    alarms.add(name);
    return closed((stateOf) => stateOf(name) === state);
  };
  const closed = (condition: Condition): Condition => (take(")") ? condition : fail(")"));
  const isTrue = any();
  if (at < tokens.length) fail("AND, OR or its end");
  return { alarms: [...alarms], isTrue };
}

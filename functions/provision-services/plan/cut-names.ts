import type { Problem } from "../../../shared/contract/outcome.ts";
import { cutName, isCutName, isSameName } from "../../../shared/primitives/same-name.ts";
import { AssumptionBrokenError, cutNames } from "../../../shared/ringcx/resources/assumption-broken-error.ts";
import { type OperationName, operations } from "../../../shared/ringcx/resources/operations.ts";

/** Whether two different names would be one where RingCX cuts them. */
export function isSameCut(one: string, other: string): boolean {
  const isLong = cutName(one) !== one || cutName(other) !== other;
  return isLong && !isSameName(one, other) && isSameName(cutName(one), cutName(other));
}

/** What is found has what RingCX may have left of the name that it is to have: nothing more is written. */
export function cutNameProblem(shown: string | undefined, name: string, path: string): Problem | undefined {
  if (!isCutName(shown, name)) return undefined;
  const { message, advice } = brokenBy(shown, "services.get");
  return { path, message, hint: advice };
}

/** @throws {AssumptionBrokenError} where RingCX has not kept the name that was just written */
export function requireWholeName(shown: string | undefined, name: string, operation: OperationName): void {
  if (isCutName(shown, name)) throw brokenBy(shown, operation);
}

function brokenBy(shown: string | undefined, name: OperationName): AssumptionBrokenError {
  const { permission } = operations[name];
  const reason = `its name is ${JSON.stringify(shown)}`;
  return new AssumptionBrokenError({ operation: name, permission, ids: {}, reason }, cutNames);
}

import { UsageError } from "../../../cli/exit-codes.ts";

/** The functions of an environment, as the documentation calls them. */
export const functionNames = [
  "AcceptMessages",
  "ProvisionServices",
  "RotateCredentials",
  "RotateSecret",
  "FailOverServices",
] as const;

/**
 * The function that is meant: by its name or a part of it, or by the name that AWS gave it, which has its own in the middle.
 *
 * @throws {UsageError} where it is none, or several
 */
export function functionNamed(name: string): (typeof functionNames)[number] {
  const found = functionNames.filter((one) => name !== "" && (one.includes(name) || name.includes(one)));
  const [only, ...more] = found;
  if (only && more.length === 0) return only;
  throw new UsageError(`Which function? "${name}" is ${only ? "several" : "none"} of ${functionNames.join(", ")}.`);
}

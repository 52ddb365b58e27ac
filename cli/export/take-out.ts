import { type Manifest, manifestSchema } from "../../shared/contract/apply.ts";
import { suspectedCredentials } from "../../shared/contract/credentials/credential-detection.ts";
import { manifestLevel, shownPath, unsendable } from "../../shared/contract/door/read-json.ts";
import { messageProblems } from "../../shared/contract/message-problems.ts";
import type { Problem } from "../../shared/contract/outcome.ts";
import { parseExactly } from "../../shared/primitives/exact-json.ts";
import { withheldAt } from "./withheld.ts";

type Candidate = Record<string, unknown>;

const staysAsItIs = "It stays as it is";
const leftOutWhole = "The whole was left out: mend it in RingCX";

/**
 * The manifest, without what a manifest may not have: that stays as it is in RingCX, and is told. All of it is told at once,
 * also where the whole has to be left out.
 */
export function parsed(whole: Record<string, unknown>, place: string, leftOut: string[]): Manifest[] {
  const candidate = parseExactly(JSON.stringify(whole))?.value as Candidate;
  const left = [...withoutUnsendable(candidate, place, leftOut), ...withoutCredentials(candidate, place, leftOut)];
  for (;;) {
    const result = manifestSchema.safeParse(candidate);
    if (result.success) return left.length === 0 ? [result.data] : [];
    // Of what was emptied because it cannot be taken out the reason is told already.
    const isTold = (path: string) => left.some((one) => path.startsWith(one) || one.startsWith(path));
    const problems = messageProblems(result.error, manifestSchema, candidate).filter(({ path }) => !isTold(path));
    const taken = result.error.issues.filter(({ path }) => takeOut(candidate, path.map(String)));
    const what = taken.length > 0 ? staysAsItIs : leftOutWhole;
    leftOut.push(...problems.map((problem) => `${place}: ${told(problem)}. ${what}`));
    if (taken.length === 0) return [];
  }
}

/** @returns where something is left that no message can hold */
function withoutUnsendable(candidate: Candidate, place: string, leftOut: string[]): string[] {
  return unsendable(candidate, manifestLevel).flatMap(({ path, message }) => {
    const isTaken = takeOut(candidate, path.map(String)) || !isThere(candidate, path);
    leftOut.push(`${place}: ${shownPath(path)} ${message}. ${isTaken ? staysAsItIs : leftOutWhole}`);
    return isTaken ? [] : [shownPath(path)];
  });
}

/** @returns where a credential is that a manifest needs; it is emptied, so that others are found, too */
function withoutCredentials(candidate: Candidate, place: string, leftOut: string[]): string[] {
  const left: string[] = [];
  // One after the other: finding is bounded.
  for (let [found] = suspectedCredentials(candidate); found; [found] = suspectedCredentials(candidate)) {
    const { path, because } = found;
    const isTaken = takeOut(candidate, path.map(String));
    leftOut.push(
      `${place}: ${shownPath(path)} carries a credential (${because}). ${isTaken ? staysAsItIs : "The whole was left out"}; put the credential into a secret and an authConfig, and take it out there`,
    );
    if (isTaken) continue;
    left.push(shownPath(path));
    if (!withheldAt(candidate, path, "")) return left;
  }
  return left;
}

/** Takes out the header at a path, or all inputs: what is not named stays. False for what a manifest needs. */
function takeOut(candidate: Candidate, [field = "", part, header]: readonly string[]): boolean {
  if (field === "httpServiceInputs") return delete candidate.httpServiceInputs;
  const config = candidate[field];
  if (field !== "httpServiceConfig" || typeof config !== "object" || config === null || part === undefined) {
    return !needed.has(field) && Object.hasOwn(candidate, field) && delete candidate[field];
  }
  const fields = config as Candidate;
  if (part === "url" || !Object.hasOwn(fields, part)) return false;
  const { headers } = fields;
  const isHeader =
    part === "headers" &&
    header !== undefined &&
    typeof headers === "object" &&
    headers !== null &&
    Object.hasOwn(headers, header);
  return isHeader ? delete (headers as Candidate)[header] : delete fields[part];
}

/** Fields without which a manifest is none. */
const needed: ReadonlySet<string> = new Set([
  ...["kind", "groupName", "serviceDescription", "serviceType", "httpServiceConfig", "soapEndpoint"],
  ...["providerName", "authType", "secretId"],
]);

/** Not any more where what is around it was taken out. */
function isThere(candidate: Candidate, path: readonly (string | number)[]): boolean {
  let at: unknown = candidate;
  for (const name of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) return false;
    at = (at as Record<string | number, unknown>)[name];
  }
  return true;
}

function told({ path, message, hint }: Problem): string {
  return `${path}: ${message}${hint === undefined ? "" : ` (${hint})`}`;
}

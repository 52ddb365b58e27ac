import type { ZodType } from "zod";
import {
  authConfigManifestSchema,
  groupManifestSchema,
  type Manifest,
  manifestSchema,
} from "../../shared/contract/apply.ts";
import { hiddenName, suspectedCredentials } from "../../shared/contract/credentials/credential-detection.ts";
import { manifestLevel, shownPath, unsendable } from "../../shared/contract/door/read-json.ts";
import { plainServiceSchema, soapServiceSchema } from "../../shared/contract/http-service.ts";
import { messageProblems } from "../../shared/contract/message-problems.ts";
import type { Problem } from "../../shared/contract/outcome.ts";
import { parseExactly } from "../../shared/primitives/exact-json.ts";
import type { JsonPath } from "../../shared/primitives/json-scan.ts";
import { replaceAt } from "./withheld.ts";

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
    const isTold = (path: string) => left.some((one) => one.startsWith(path));
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
    const isTaken = !isNeeded(path);
    takeOut(candidate, path);
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
    const isTaken = takeOut(candidate, path);
    leftOut.push(
      `${place}: ${shownPath(path)} carries a credential (${because}). ${isTaken ? staysAsItIs : "The whole was left out"}; put the credential into a secret and an authConfig, and take it out there`,
    );
    if (isTaken) continue;
    left.push(shownPath(path));
    if (!replaceAt(candidate, path, null)) return left;
  }
  return left;
}

/** Takes out the header at a path, or all inputs: what is not named stays. False for what a manifest needs, or has not. */
function takeOut(candidate: Candidate, path: JsonPath): boolean {
  if (isNeeded(path)) return false;
  const [field, part, header] = path;
  if (field !== "httpServiceConfig") return remove(candidate, field);
  const config = candidate.httpServiceConfig as Candidate;
  const isOneHeader = part === "headers" && header !== undefined && header !== hiddenName;
  return isOneHeader ? remove(config.headers, header) : remove(config, part);
}

function remove(from: unknown, name: string | number | undefined): boolean {
  const fields = Object(from) as Candidate;
  return Object.hasOwn(fields, String(name)) && delete fields[String(name)];
}

/** Whether a manifest is none without what stands there. */
function isNeeded([field, part]: JsonPath): boolean {
  return field === "httpServiceConfig" ? part === undefined || part === "url" : needed.has(field);
}

const needed: ReadonlySet<unknown> = new Set(
  [groupManifestSchema, authConfigManifestSchema, plainServiceSchema, soapServiceSchema].flatMap(({ shape }) =>
    Object.entries<ZodType>(shape).flatMap(([name, field]) => (field.safeParse(undefined).success ? [] : [name])),
  ),
);

function told({ path, message, hint }: Problem): string {
  return `${path}: ${message}${hint === undefined ? "" : ` (${hint})`}`;
}

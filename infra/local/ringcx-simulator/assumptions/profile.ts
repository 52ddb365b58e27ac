import { closest } from "fastest-levenshtein";
import { parseJson } from "../../../../shared/primitives/json.ts";
import { scanJson } from "../../../../shared/primitives/json-scan.ts";
import { type AssumptionName, answersOf, assumptionNames, catalogue, type Profile } from "./catalogue.ts";

/** A profile that cannot be taken: what is wrong with it, in words. */
export class ProfileError extends Error {
  override readonly name = "ProfileError";
}

/** How the simulator behaves when nobody says anything. */
export const defaultProfile = Object.fromEntries(
  assumptionNames.map((name) => [name, catalogue[name].default]),
) as Profile;

/**
 * The answers that somebody gives, with the default for every assumption that they leave open.
 *
 * @param given as it stands in a profile file: answers by the names of assumptions
 * @throws {ProfileError} naming everything that is not known, and what comes nearest
 */
export function profileFrom(given: unknown): Profile {
  return { ...defaultProfile, ...answersIn(given) };
}

/** The answers that a profile file gives, and no others. @throws {ProfileError} as {@link profileFrom} */
export function answersIn(given: unknown): Partial<Profile> {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new ProfileError('a profile is a JSON object of answers, e.g. {"services.authLink": "dropped"}');
  }
  const problems = Object.entries(given).flatMap(([name, answer]) => problemWith(name, answer));
  if (problems.length > 0) throw new ProfileError(problems.join("; "));
  return given;
}

/**
 * The answers of a profile file's text.
 *
 * @throws {ProfileError} as {@link profileFrom}, for a text that is no JSON, and for an assumption that is answered twice
 */
export function readProfile(text: string): Partial<Profile> {
  const parsed = parseJson(text);
  if (!parsed) throw new ProfileError("it is not valid JSON");
  const doubled: string[] = [];
  scanJson(text, { deepest: 1, onMember: (name, isDoubled) => isDoubled && doubled.push(name) });
  if (doubled.length > 0) throw new ProfileError(`${doubled.join(", ")}: answered twice, and only one answer can hold`);
  return answersIn(parsed.value);
}

/** Every profile that differs from the default in one answer. */
export function singleAlternatives(): { name: AssumptionName; answer: string; profile: Profile }[] {
  return assumptionNames.flatMap((name) =>
    answersOf(name)
      .slice(1)
      .map((answer) => ({ name, answer, profile: profileFrom({ [name]: answer }) })),
  );
}

function problemWith(name: string, answer: unknown): string[] {
  if (!isAssumption(name)) {
    return [`${name}: is no assumption of the catalogue; the nearest is ${nearestName(name)}`];
  }
  const answers = answersOf(name);
  if (answers.includes(answer as string)) return [];
  const nearest = typeof answer === "string" ? `; the nearest is ${nearestOf(answer, answers)}` : "";
  return [`${name}: ${JSON.stringify(answer)} is none of ${answers.join(", ")}${nearest}`];
}

/** One of which the name is a part comes first. */
function nearestName(name: string): string {
  const around = assumptionNames.filter((one) => one.toLowerCase().includes(name.toLowerCase()));
  return nearestOf(name, around.length > 0 ? around : assumptionNames);
}

/** Whatever the case. */
function nearestOf(text: string, known: readonly string[]): string {
  const near = closest(
    text.toLowerCase(),
    known.map((one) => one.toLowerCase()),
  );
  return known.find((one) => one.toLowerCase() === near) ?? near;
}

function isAssumption(name: string): name is AssumptionName {
  return Object.hasOwn(catalogue, name);
}

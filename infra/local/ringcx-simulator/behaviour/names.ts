import type { Profile } from "../assumptions/catalogue.ts";
import { badRequest, conflict } from "../refusal.ts";
import { chosen, type Strategies } from "./chosen.ts";

/** Longest name where there is a limit, in characters. */
const longest = 64;

const duplicates: Strategies<"names.duplicates", (what: string) => void> = {
  conflict: (what) => {
    throw conflict(`${what} exists already`);
  },
  badRequest: (what) => {
    throw badRequest(`${what} exists already`);
  },
  allowed: () => {},
};

type Form = (name: string) => string;
const asIs: Form = (name) => name;
const cases: Strategies<"names.case", Form> = { sensitive: asIs, insensitive: (name) => name.toLowerCase() };
const blanks: Strategies<"names.blanks", Form> = { kept: asIs, trimmed: (name) => name.trim() };
const forms: Strategies<"names.unicode", Form> = { asSent: asIs, composed: (name) => name.normalize("NFC") };
const lengths: Strategies<"names.length", Form> = {
  kept: asIs,
  cut: (name) => [...name].slice(0, longest).join(""),
  refused: (name) => {
    if ([...name].length > longest) throw badRequest(`the name has more than ${longest} characters`);
    return name;
  },
};

/** How names are kept and compared, by a profile. */
export type NameBehaviour = ReturnType<typeof nameBehaviour>;

/** See {@link NameBehaviour}. */
export function nameBehaviour(profile: Profile) {
  const compared = chosen(profile, "names.case", cases);
  const kept = [
    chosen(profile, "names.blanks", blanks),
    chosen(profile, "names.unicode", forms),
    chosen(profile, "names.length", lengths),
  ];
  const whenDuplicated = chosen(profile, "names.duplicates", duplicates);
  return {
    /** A name as it is kept. @throws {Refusal} 400 for one that is too long */
    kept: (name: string) => kept.reduce((form, step) => step(form), name),
    /** @throws {Refusal} when one of the others has the name, and must not */
    demandUnique(what: string, name: string, others: readonly string[]): void {
      if (others.some((other) => compared(other) === compared(name))) whenDuplicated(`A ${what} named "${name}"`);
    },
  };
}

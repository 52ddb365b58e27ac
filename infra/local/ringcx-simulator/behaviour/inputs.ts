import type { Answer } from "../answer.ts";
import type { Profile } from "../assumptions/catalogue.ts";
import type { InputRecord } from "../records.ts";
import { conflict } from "../refusal.ts";
import { chosen, type Strategies } from "./chosen.ts";

const saves: Strategies<"inputs.save", (there: InputRecord[]) => InputRecord[]> = {
  adds: (there) => there,
  replaces: () => [],
};

const answers: Strategies<"inputs.answer", (saved: InputRecord[], all: InputRecord[]) => Answer> = {
  saved: (saved) => ({ status: 200, body: saved }),
  all: (_saved, all) => ({ status: 200, body: all }),
  nothing: () => ({ status: 200 }),
};

const names: Strategies<"inputs.sameName", (all: InputRecord[]) => void> = {
  allowed: () => {},
  conflict: (all) => {
    const twin = all.find(({ name }, index) => all.findIndex((other) => other.name === name) !== index);
    if (twin) throw conflict(`The service has an input named "${twin.name}" already`);
  },
};

const deletions: Strategies<"inputs.deleteAnswer", Answer> = {
  boolean: { status: 200, body: true },
  nothing: { status: 200 },
  noContent: { status: 204 },
};

/** How inputs behave, by a profile. */
export type InputBehaviour = ReturnType<typeof inputBehaviour>;

/** See {@link InputBehaviour}. */
export function inputBehaviour(profile: Profile) {
  return {
    /** Those that are there and stay when others are saved. */
    staying: chosen(profile, "inputs.save", saves),
    answerSave: chosen(profile, "inputs.answer", answers),
    /** @throws {Refusal} 409 when two have the same name and must not */
    demandNames: chosen(profile, "inputs.sameName", names),
    deleted: chosen(profile, "inputs.deleteAnswer", deletions),
  };
}

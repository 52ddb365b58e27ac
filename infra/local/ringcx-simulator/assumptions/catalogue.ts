import type { Assumption } from "./assumption.ts";
import { authConfigAssumptions } from "./auth-configs.ts";
import { cloneAssumptions } from "./clones.ts";
import { errorAssumptions } from "./errors.ts";
import { inputAssumptions } from "./inputs.ts";
import { nameAssumptions } from "./names.ts";
import { rateAssumptions } from "./rate.ts";
import { readAssumptions } from "./reads.ts";
import { serviceAssumptions } from "./services.ts";
import { tokenAssumptions } from "./tokens.ts";

/**
 * Every assumption about RingCX that the program was written with or has to cope with, by its name. docs/simulator.md is
 * made of it, the simulator does each alternative, and the matrix of test/matrix runs the whole program under each
 * (`npm run test:long`; a usual run under one of each assumption).
 */
export const catalogue = {
  ...rateAssumptions,
  ...serviceAssumptions,
  ...inputAssumptions,
  ...cloneAssumptions,
  ...nameAssumptions,
  ...authConfigAssumptions,
  ...readAssumptions,
  ...errorAssumptions,
  ...tokenAssumptions,
};

/** Name of an assumption, e.g. `services.authLink`. */
export type AssumptionName = keyof typeof catalogue;

/** The answers that an assumption knows. */
export type Answer<Name extends AssumptionName> = keyof (typeof catalogue)[Name]["alternatives"] & string;

/** An answer for each assumption: how a RingCX behaves. */
export type Profile = { readonly [Name in AssumptionName]: Answer<Name> };

/** Names in the order of the catalogue. */
export const assumptionNames = Object.keys(catalogue) as AssumptionName[];

/** @returns the answers that an assumption knows, the default first */
export function answersOf(name: AssumptionName): string[] {
  const said: Assumption = catalogue[name];
  return [said.default, ...Object.keys(said.alternatives).filter((answer) => answer !== said.default)];
}

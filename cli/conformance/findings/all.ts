import { type AssumptionName, assumptionNames } from "../../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import type { Seen } from "../exchange.ts";
import { authConfigExperiments } from "./auth-configs.ts";
import { errorExperiments, tokenExperiments } from "./errors-and-tokens.ts";
import type { AnyFinding, Experiments, Findings } from "./finding.ts";
import { cloneExperiments, inputExperiments } from "./inputs-and-clones.ts";
import { rateExperiments } from "./limits.ts";
import { consistencyExperiments, listExperiments } from "./lists.ts";
import { nameExperiments } from "./names.ts";
import { serviceExperiments } from "./services.ts";

/** An experiment for every assumption of the catalogue: one without does not compile. */
const experiments: Experiments<AssumptionName> = {
  ...rateExperiments,
  ...serviceExperiments,
  ...inputExperiments,
  ...cloneExperiments,
  ...nameExperiments,
  ...authConfigExperiments,
  ...listExperiments,
  ...consistencyExperiments,
  ...errorExperiments,
  ...tokenExperiments,
};

/** What was found out, in the order of the catalogue. */
export function findingsOf(seen: Seen): Findings {
  return new Map<AssumptionName, AnyFinding>(assumptionNames.map((name) => [name, experiments[name](seen)]));
}

/** The profile that the simulator takes: the answers that were found. */
export function profileOf(findings: Findings): Partial<Record<AssumptionName, string>> {
  return Object.fromEntries(
    [...findings].flatMap(([name, { answer }]) => (answer === undefined ? [] : [[name, answer]])),
  );
}

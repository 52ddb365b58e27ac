import { type AssumptionName, assumptionNames } from "../../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import { brokenAssumptions } from "../../../shared/ringcx/client/broken-assumption.ts";
import type { Seen } from "../exchange.ts";
import { authConfigExperiments } from "./auth-configs.ts";
import { errorExperiments, tokenExperiments } from "./errors-and-tokens.ts";
import { type AnyFinding, type Experiments, type Findings, notFound } from "./finding.ts";
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
  return new Map<AssumptionName, AnyFinding>(assumptionNames.map((name) => [name, findingOf(seen, name)]));
}

function findingOf(seen: Seen, name: AssumptionName): AnyFinding {
  const finding: AnyFinding = experiments[name](seen);
  // An experiment that looks at nothing says why nobody can ask.
  if (finding.answer !== undefined || experiments[name].length === 0) return finding;
  if (seen.notAsked.has(name)) return notFound(`not asked: budget (${seen.notAsked.get(name) ?? finding.because})`);
  if (seen.endedBy === undefined || !seen.open.has(name)) return finding;
  return notFound(
    seen.endedBy === "interrupted" ? "interrupted before it was asked" : "the run ended before it was asked",
  );
}

/** The profile that the simulator takes: the answers that were found. */
export function profileOf(findings: Findings): Partial<Record<AssumptionName, string>> {
  return Object.fromEntries(
    [...findings].flatMap(([name, { answer }]) => (answer === undefined ? [] : [[name, answer]])),
  );
}

/** A setting of a connection that an answer asks for; everything else the program finds out for itself. */
const settings: Partial<Record<`${AssumptionName}=${string}`, string>> = {
  "rate.scope=user": 'Set "quota": {"scope": "connection"} at the connection: its accounts share one limit.',
  "rate.scope=session": 'Set "quota": {"scope": "connection"} at the connection: its accounts share one limit.',
};

/** A found answer that somebody has to do something about. */
export interface Consequence {
  assumption: AssumptionName;
  found: string;
  /** `NOT_SERVED`: this version cannot work with it, stops before harm, and says so (`ASSUMPTION_BROKEN`). */
  is: "NOT_SERVED" | "SETTING";
  advice: readonly string[];
}

/** The found answers which the program cannot serve, or only with a setting. The others make no difference to it. */
export function consequencesOf(findings: Findings): Consequence[] {
  return [...findings].flatMap(([assumption, { answer: found }]): Consequence[] => {
    if (found === undefined) return [];
    const setting = settings[`${assumption}=${found}`];
    if (setting !== undefined) return [{ assumption, found, is: "SETTING", advice: [setting] }];
    const broken = brokenAssumptions.filter((one) => one.assumption === assumption && one.found === found);
    const advice = [...new Set(broken.map((one) => one.advice))];
    return broken.length === 0 ? [] : [{ assumption, found, is: "NOT_SERVED", advice }];
  });
}

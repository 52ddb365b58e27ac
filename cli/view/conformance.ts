import { catalogue } from "../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import { consequencesOf } from "../conformance/findings/all.ts";
import type { Findings } from "../conformance/findings/finding.ts";
import { mostRequests, planOf } from "../conformance/plan.ts";
import { table } from "./table.ts";

/** What a run would do. @param account where @param group its own */
export function conformancePlanText(account: string, group: string, measuresLimit: boolean): string {
  const rows = planOf(measuresLimit).map(({ what, requests }) => [what, String(requests)]);
  return [
    `In account ${account}, in the group "${group}" and with auth configs named "conformance ", the run's mark and what they are for:`,
    "",
    table(["What", "Requests at most"], rows),
    "",
    `${mostRequests(measuresLimit)} requests at most, through the shared quota${measuresLimit ? " but for the last part; twenty minutes" : "; about eight minutes"}. Where RingCX makes it take more, questions are left out, lists first, and named. Nothing else is changed, removed or activated: each thing that`,
    "a run makes carries a mark of its own, and it writes to nothing without one. No service of the run is reached by a call, and none has an endpoint that exists. Everything is removed again but the group, for which the API has no call.",
  ].join("\n");
}

/** What was found, as a table, and beneath it what was not. */
export function findingsText(findings: Findings): string {
  const known: string[][] = [];
  const open: string[][] = [];
  for (const [name, finding] of findings) {
    const { default: usual, dependsOn } = catalogue[name];
    if (finding.answer === undefined) open.push([name, finding.because]);
    else
      known.push([name, finding.answer === usual ? finding.answer : `${finding.answer} (!)`, finding.how, dependsOn]);
  }
  return [
    table(["Assumption", "Found", "How", "What it matters to"], known),
    "",
    "(!) differs from what the simulator does by default: docs/simulator.md says what that is.",
    "",
    ...consequencesText(findings),
    "",
    table(["Not found out", "Because"], open),
  ].join("\n");
}

/** What has to be done about the answers, in words. */
function consequencesText(findings: Findings): string[] {
  const consequences = consequencesOf(findings);
  if (consequences.length === 0) return ["This version works with every answer that was found, as it is."];
  return consequences.flatMap(({ assumption, found, is, advice }) => [
    is === "NOT_SERVED"
      ? `NOT SERVED: ${assumption} is "${found}". ${catalogue[assumption].dependsOn}: stops before harm, with ASSUMPTION_BROKEN.`
      : `TO SET: ${assumption} is "${found}".`,
    ...advice.map((one) => `  ${one}`),
  ]);
}

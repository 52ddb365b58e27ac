import { createHash } from "node:crypto";
import type { OutcomeData } from "../../../shared/contract/outcome.ts";
import type { Outcomes } from "../../../shared/outcomes/outcome-publisher.ts";
import { edgeId, serviceOfEdge, type ToldEdge } from "../../../shared/records/account/edge-audit.ts";
import { displayName } from "../../../shared/records/service-name.ts";
import { publishTold } from "../report/told.ts";

/** Publishes what began and what ended of an account's wrong edges, of those that their auth configs do not tell. */
export async function publishEdges(outcomes: Outcomes, accountId: string, edges: readonly ToldEdge[]): Promise<void> {
  const ours = edges.filter(({ isLeft }) => isLeft !== true);
  await publishTold(outcomes, ours, (told, what, problem) => edgeOutcome(accountId, told, what, problem));
}

/** What an outcome about a wrong edge answers. Names may be long, so that a digest stands for them. */
export function edgeCause(accountId: string, edge: ToldEdge, what: "begun" | "ended" | `deactivated/${number}`) {
  const digest = createHash("sha256").update(edgeId(edge)).digest("hex").slice(0, 32);
  return {
    source: "/ringcx-automation/confinement",
    id: `edge/${accountId}/${digest}/${edge.since}/${what}`,
    type: "ringcx.confinement",
  };
}

function edgeOutcome(
  accountId: string,
  edge: ToldEdge,
  what: "begun" | "ended",
  problem?: { message: string; hint: string },
): OutcomeData {
  const { authConfigId, secretArn, host, since, serviceId } = edge;
  const name = displayName(serviceOfEdge(accountId, edge));
  const where = `${name}, called ${host === undefined ? "at a host that its URL does not tell" : `at ${host}`} with auth config ${authConfigId},`;
  const problems = problem && [{ path: name, ...problem }];
  return {
    status: problem ? "REJECTED" : "NO_CHANGE",
    summary: problem
      ? `${where} may not be: ${problem.message}; ${problem.hint}.`
      : `${where} no longer is in the way of the secret ${secretArn}: the service, the link or the tag was changed.`,
    accountId,
    cause: edgeCause(accountId, edge, what),
    resources: [
      {
        kind: "httpService",
        name,
        result: "UNCHANGED",
        ids: { serviceId, authConfigId },
        ...(problems && { problems }),
      },
    ],
    ...(problems && { problems }),
    details: { secretArn, host, since },
  };
}

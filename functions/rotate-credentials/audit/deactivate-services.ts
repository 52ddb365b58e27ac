import type { ActivationCaller } from "../../../shared/activation/activation-caller.ts";
import { type ActivationStore, createActivationStore } from "../../../shared/activation/activation-store.ts";
import { applyActivation } from "../../../shared/activation/apply-activation.ts";
import { reasonsInForce } from "../../../shared/activation/reasons.ts";
import { isActiveNow, setActive } from "../../../shared/activation/set-active.ts";
import type { OutcomeData } from "../../../shared/contract/outcome.ts";
import type { Clock } from "../../../shared/primitives/clock.ts";
import type { InactiveReason, StoredActivation } from "../../../shared/records/account/activation.ts";
import { heldEdge, heldEdgesAttribute, heldEdgesOf } from "../../../shared/records/account/confinement-hold.ts";
import { edgeId, namedEdgeId, type ToldEdge } from "../../../shared/records/account/edge-audit.ts";
import { displayName, type ServiceName } from "../../../shared/records/service-name.ts";
import type { RingCx } from "../../../shared/ringcx/client/api.ts";
import { contendedError } from "../../../shared/state/conditional-write.ts";
import type { Run } from "../read/account-services.ts";
import type { PublishDependencies } from "../report/publish-history.ts";
import type { FoundEdge } from "./find-edges.ts";
import { edgeCause } from "./publish-edges.ts";

/** What deactivating a service stands on. */
export interface DeactivateDependencies extends PublishDependencies {
  clock: Clock;
  ringcxFor(accountId: string): RingCx;
}

/** Who holds a service inactive, as its record and the outcomes say it. */
const by = "ringcx-automation (confinement)";

/** A wrong edge that a service is called through now, and since when. */
interface ToldNow extends FoundEdge {
  told: ToldEdge;
}

/**
 * Holds every service inactive that is called through a wrong edge, until somebody releases it; once for an edge from
 * when it begins until it ends, so that a release stands. A service that a person holds inactive already is left to them.
 *
 * @param found as RingCX has them now
 * @param told what is kept of them
 * @throws what kept one from being deactivated, when all others were
 */
export async function deactivateServices(
  dependencies: DeactivateDependencies,
  run: Run,
  accountId: string,
  found: readonly FoundEdge[],
  told: readonly ToldEdge[],
): Promise<void> {
  const byId = new Map(told.map((one) => [edgeId(one), one]));
  const marks = new Set(told.flatMap(marksOf));
  const edges = found.flatMap((one): ToldNow[] => {
    const known = byId.get(edgeId(one.edge));
    return known ? [{ ...one, told: known }] : [];
  });
  const failures: unknown[] = [];
  for (const ofService of Map.groupBy(edges, ({ service }) => service).values()) {
    await deactivateService(dependencies, run, accountId, ofService, marks).catch((error) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}

async function deactivateService(
  { table, outcomes, clock, ringcxFor }: DeactivateDependencies,
  run: Run,
  accountId: string,
  edges: readonly ToldNow[],
  marks: ReadonlySet<string>,
): Promise<void> {
  const [first] = edges;
  if (!first) return;
  const { service: name, ids } = first.service;
  const activation = createActivationStore({ table, clock });
  const record = await hold(activation, clock.now(), name, edges, marks);
  if (!record) return;
  const caller: ActivationCaller = {
    name,
    only: "deactivate",
    async setActive(isActive, isSure) {
      const account = ringcxFor(accountId).account(accountId, { priority: "urgent", deadline: run.deadline });
      await setActive({ account, table }, name, ids, isActive, isSure);
    },
    isActive: () =>
      isActiveNow(ringcxFor(accountId).account(accountId, { priority: "urgent", deadline: run.deadline }), ids),
    deadline: run.deadline,
    async announce({ because, generation, since }) {
      const service = displayName(name);
      const outcome: OutcomeData = {
        status: "SUCCEEDED",
        summary: `${service} deactivated: ${because}. Once it is mended, the command release brings it back.`,
        accountId,
        // By the change, not by the edge alone: a second edge of the service is another reason to deactivate it.
        cause: edgeCause(accountId, first.told, `deactivated/${generation}`),
        resources: [
          { kind: "httpService", name: service, result: "UPDATED", ids: { ...ids }, changes: ["deactivated"] },
        ],
      };
      await outcomes.publish(outcome, since);
    },
  };
  await applyActivation({ activation, clock }, caller, record);
}

/** The mark of an edge, and that by which an earlier release may have held the service. */
function marksOf(told: ToldEdge): [string, string] {
  return [heldEdge(edgeId(told), told.since), heldEdge(namedEdgeId(told), told.since)];
}

/** The record with our hold in it; `undefined` where it is held already, or was held and released. */
async function hold(
  activation: ActivationStore,
  now: number,
  name: ServiceName,
  edges: readonly ToldNow[],
  marksNow: ReadonlySet<string>,
): Promise<StoredActivation | undefined> {
  const record = await activation.get(name);
  const held = reasonsInForce(record, now).find(({ kind }) => kind === "KEEP_INACTIVE");
  const isOurs = held?.kind === "KEEP_INACTIVE" && held.by === by;
  if (held && !isOurs) return undefined;
  const before = heldEdgesOf(record);
  const marks = edges.map(({ told }) => marksOf(told));
  if (marks.every((ofEdge) => ofEdge.some((mark) => before.includes(mark)))) return isOurs ? record : undefined;
  const why = edges
    .map(({ message, hint }) => `${message}; ${hint}`)
    .join(". ")
    .slice(0, 1_000);
  const next = new Set([...before.filter((mark) => marksNow.has(mark)), ...marks.map(([mark]) => mark)]);
  const reason: InactiveReason = { kind: "KEEP_INACTIVE", by, why, since: new Date(now).toISOString() };
  const change = { add: [reason], writerAttributes: heldEdgesAttribute([...next]) };
  const written = await activation.changeIf(name, record, change);
  // Somebody wrote at the same moment: it may be held, or released, by now. The next run looks again.
  if (!written) throw contendedError(`the activation record of ${displayName(name)}`);
  return written;
}

import { sentence } from "../../../shared/primitives/sentence.ts";
import { isAccountRefusedKey, ownFaultWords } from "../../../shared/records/own-fault-words.ts";
import {
  noteId,
  type OwnFaults,
  ownFaultCause,
  ownFaultsKey,
  ownFaultsSchema,
} from "../../../shared/records/sweep-progress.ts";
import { readOrRebuild } from "../../../shared/state/rebuilt-item.ts";
import type { Item } from "../../../shared/state/table.ts";
import { tellAlone } from "../../../shared/state/tell-alone.ts";
import { parseItem } from "../../../shared/state/unreadable-item.ts";
import type { WatchlistDependencies } from "../watchlist/alarm-tags.ts";
import type { OwnFault } from "./own-fault.ts";
import type { ReportDependencies } from "./service-outcome.ts";
import { treeFaultIsOver } from "./tree-faults.ts";

/** Most faults of an account that are reported one by one: together they are one item of the table. */
const maxFaults = 200;

/** Faults of which something is known now; what was reported of all others stands. */
interface Judged {
  faults: readonly OwnFault[];
  /** Keys of faults of which nothing is known now. @default none */
  isUnjudged?: (key: string) => boolean;
}

/** Publishes which of an account's faults have begun and which have ended since they were last reported. */
export async function reportOwnFaults(
  { outcomes, clock, ...state }: ReportDependencies & Pick<WatchlistDependencies, "table" | "random" | "onUnreadable">,
  accountId: string,
  judged: Judged,
): Promise<void> {
  const key = ownFaultsKey(accountId);
  const readKnown = () => readKnownFaults({ ...state, clock }, accountId);
  if (!isNews(noteFaults(await readKnown(), judged, clock.now()))) return;
  await tellAlone({ table: state.table, clock }, key, async () => {
    const noted = noteFaults(await readKnown(), judged, clock.now());
    if (!isNews(noted)) return;
    await state.table.put({ ...key, ...noted });
    const { open, begun } = await publishFaults({ outcomes }, accountId, noted, judged.faults);
    await state.table.put({ ...key, open, ...(begun.length > 0 && { begun }) });
  });
}

/** The faults of an account that were told, and are not over: their keys, with when they began. */
export async function openFaults(dependencies: FaultsDependencies, accountId: string): Promise<OwnFaults["open"]> {
  return (await readKnownFaults(dependencies, accountId)).open;
}

type FaultsDependencies = Pick<WatchlistDependencies, "table" | "clock" | "random" | "onUnreadable">;

function readKnownFaults(dependencies: FaultsDependencies, accountId: string): Promise<OwnFaults> {
  return readOrRebuild(dependencies, ownFaultsKey(accountId), {
    parse: (item: Item | undefined): OwnFaults => (item ? parseItem(ownFaultsSchema, item) : noFaults),
    safe: () => ({ open: {} }),
  });
}

/** Where nothing is open, and nothing is to be reported. */
export const noFaults: OwnFaults = { open: {}, begun: [], ended: {} };

/** Whether something of it is to be reported. */
export function isNews({ begun, ended }: OwnFaults): boolean {
  return begun.length > 0 || Object.keys(ended).length > 0;
}

/**
 * Notes what has begun and what has ended, to be written down before it is published: then it has one id and one time,
 * however often it is published. Pure.
 *
 * @param known as it was written down last
 * @param now epoch milliseconds
 */
export function noteFaults(
  { open, begun, ended }: OwnFaults,
  { faults, isUnjudged = () => false }: Judged,
  now: number,
): OwnFaults {
  const at = new Date(now).toISOString();
  const current = faults.slice(0, maxFaults).map(({ key }) => key);
  const added = current.filter((key) => !(key in open));
  const over = Object.keys(open).filter((key) => !current.includes(key) && !isUnjudged(key) && !(noteId(key) in ended));
  return {
    open: { ...open, ...Object.fromEntries(added.map((key) => [key, at])) },
    begun: [...begun, ...added.map(noteId)],
    ended: { ...ended, ...Object.fromEntries(over.map((key) => [noteId(key), at])) },
  };
}

/**
 * Publishes what is noted of faults.
 *
 * @param accountId of RingCX, where they are those of one
 * @param faults as they are now: their words
 * @returns what is left of it: to be written down
 */
export async function publishFaults(
  { outcomes }: Pick<ReportDependencies, "outcomes">,
  accountId: string | undefined,
  { open, begun, ended }: OwnFaults,
  faults: readonly OwnFault[],
): Promise<OwnFaults> {
  const words = new Map(faults.map((fault) => [fault.key, fault]));
  const common = (what: "own-fault" | "own-fault-over", fault: string, since: string) => ({
    ...(accountId !== undefined && { accountId }),
    cause: { ...ownFaultCause(what, accountId, fault, since), type: "ringcx.sweep" },
  });
  const wordless: string[] = [];
  for (const [key, since] of Object.entries(open)) {
    if (!begun.includes(noteId(key))) continue;
    const fault = words.get(key);
    // One that is over by now is told of below; of one that nothing is known of now the words are still to come.
    if (!fault) {
      if (!(noteId(key) in ended)) wordless.push(noteId(key));
      continue;
    }
    const { subject, because, meaning, trouble = "cannot be seen", status = "FAILED" } = fault;
    // Some reasons are sentences of somebody else's, with their full stop, some are ours, without.
    const summary = `${subject} ${trouble}: ${sentence(because)} ${meaning}.`;
    await outcomes.publish({ status, summary, ...common("own-fault", key, since) }, since);
  }
  for (const [key, since] of Object.entries(open)) {
    const endedAt = ended[noteId(key)];
    if (endedAt === undefined) continue;
    const summary = treeFaultIsOver(key, since) ?? faultIsOver(key, since);
    await outcomes.publish({ status: "NO_CHANGE", summary, ...common("own-fault-over", key, since) }, endedAt);
  }
  const left = Object.entries(open).filter(([key]) => !(noteId(key) in ended));
  return { open: Object.fromEntries(left), begun: wordless, ended: {} };
}

/** In the words that its key allows: those of its beginning may be of an earlier process. */
function faultIsOver(key: string, since: string): string {
  const { subject } = ownFaultWords(key);
  if (key.startsWith("REFUSED/") || isAccountRefusedKey(key))
    return `${subject}: RingCX refuses it no more, or it is no longer due; it did since ${since}.`;
  return `${subject}: all can be asked and read again, or is no longer needed; it could not since ${since}.`;
}

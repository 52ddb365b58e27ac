import { createHash } from "node:crypto";
import { desiredActivation } from "../../../shared/activation/decide-activation.ts";
import { changedRecord } from "../../../shared/activation/intents.ts";
import { isHalfMade, stateInRingCx } from "../../../shared/activation/reasons.ts";
import type { Command } from "../../../shared/contract/command.ts";
import type {
  ActivationChange,
  InactiveReasonKind,
  StoredActivation,
} from "../../../shared/records/account/activation.ts";
import { recordAfter } from "../../../shared/records/account/activation-item.ts";
import {
  type CommandMemory,
  commandMemoryOf,
  type FailoverMemory,
  failoverAttributes,
  failoverMemoryOf,
} from "../../../shared/records/account/failover-memory.ts";
import { markOf } from "../../../shared/records/account/known-state.ts";
import { lastingMemory, openingsWith } from "./lasting-memory.ts";

/**
 * What a command changes in a service's activation record. Pure.
 *
 * @param before the record as it is
 * @param now epoch milliseconds
 * @param mayGoOut whether failover may take it out: where it may not, no outage begins that a guard has kept from happening
 */
export function commandChange(
  command: Command,
  before: StoredActivation,
  now: number,
  { mayGoOut = true } = {},
): ActivationChange {
  const change = changeOf(command, before, now, mayGoOut);
  if (stateInRingCx(before, now)?.isLeftActive !== true) return change;
  // What a person has activated against a reason is left so, until somebody orders otherwise: only then does it count.
  const { isActive } = desiredActivation(changedRecord(before, change), now);
  if (!isActive && !change.add?.some(({ kind }) => kind === "KEEP_INACTIVE")) return change;
  const seen = seenAsActive(before);
  const after = changeOf(command, recordAfter(before, seen, now), now, mayGoOut);
  return { ...seen, ...after, writerAttributes: { ...seen.writerAttributes, ...after.writerAttributes } };
}

/** That a person has activated it counts as what is known, no longer as what is left so. */
function seenAsActive(before: StoredActivation): ActivationChange {
  const { seenActive: _seen, ...memory } = failoverMemoryOf(before);
  return { observed: true, observedAfter: markOf(before), writerAttributes: failoverAttributes({ memory }) };
}

function changeOf(
  { data, time, source, id }: Command,
  before: StoredActivation,
  now: number,
  mayGoOut: boolean,
): ActivationChange {
  const since = new Date(now).toISOString();
  const { command, by, why, until } = data;
  const hold = { by, why, since, ...(until !== undefined && { until }) };
  const { suppressed: kept, recentOutages, ...memory } = failoverMemoryOf(before);
  const suppressed = mayGoOut ? kept : undefined;
  const sent = rememberCommand({ time, source, id }, commandMemoryOf(before));
  const remember = (next: FailoverMemory) => ({
    writerAttributes: failoverAttributes({ memory: next, command: sent }),
  });
  const keepMemory = { writerAttributes: failoverAttributes({ command: sent }) };
  switch (command) {
    case "activate": {
      const remove: InactiveReasonKind[] = ["NOT_WANTED", "KEEP_INACTIVE", "MANUAL", "FLAPPING"];
      // RingCX may let nobody make it to its end while it is inactive (docs/runbook.md, assumption-broken).
      if (isHalfMade(before)) remove.push("NOT_VALIDATED");
      // An outage that would not end by itself ends by this word; the outages so far no longer count as flapping.
      if (memory.requiresCommand) remove.push("OUTAGE");
      const { requiresCommand: _requiresCommand, ...rest } = memory;
      return { remove, ...remember({ ...rest, ...(suppressed && { suppressed }) }) };
    }
    case "deactivate":
    case "keep-inactive":
      return { add: [{ kind: "KEEP_INACTIVE", ...hold }], ...keepMemory };
    case "hands-off":
      return { handsOff: hold, ...keepMemory };
    case "override":
      return { override: hold, ...keepMemory };
    case "release":
      return {
        remove: ["KEEP_INACTIVE"],
        handsOff: null,
        override: null,
        ...(suppressed && { add: [{ ...suppressed, since }] }),
        ...(suppressed
          ? remember({
              ...lastingMemory(memory),
              recentOutages: openingsWith({ ...memory, recentOutages, suppressed }, since),
            })
          : keepMemory),
      };
  }
}

/** So many commands of a service are known again. */
const mostKnown = 100;

/** Whether a command changed the record already: whatever its time says, and however many came after it. */
export function isKnownCommand(command: Pick<Command, "source" | "id">, memory: CommandMemory | undefined): boolean {
  if (!memory) return false;
  const id = commandId(command);
  return memory.commandId === id || (memory.commandDigests ?? []).includes(digestOf(id));
}

/** What a record keeps of a command, and of those before it, to know them again. */
function rememberCommand(
  command: Pick<Command, "time" | "source" | "id">,
  earlier: CommandMemory | undefined,
): CommandMemory {
  const id = commandId(command);
  // The last command of a release that kept no digests is known by its id alone.
  const last = earlier?.commandId === undefined ? [] : [digestOf(earlier.commandId)];
  const digests = new Set([digestOf(id), ...last, ...(earlier?.commandDigests ?? [])]);
  return { commandTime: command.time, commandId: id, commandDigests: [...digests].slice(0, mostKnown) };
}

/** CloudEvents 1.0: `source` and `id` together name an event. */
function commandId({ source, id }: Pick<Command, "source" | "id">): string {
  return `${source}/${id}`;
}

/** 128 bits, so that a hundred take little of an item. */
function digestOf(id: string): string {
  return createHash("sha256").update(id).digest("base64url").slice(0, 22);
}

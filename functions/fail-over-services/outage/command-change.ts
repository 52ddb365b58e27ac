import type { Command } from "../../../shared/contract/command.ts";
import type {
  ActivationChange,
  InactiveReasonKind,
  StoredActivation,
} from "../../../shared/records/account/activation.ts";
import {
  type FailoverMemory,
  failoverAttributes,
  failoverMemoryOf,
  type LastCommand,
} from "../../../shared/records/account/failover-memory.ts";

/**
 * What a command changes in a service's activation record. Pure.
 *
 * @param before the record as it is
 * @param now epoch milliseconds
 */
export function commandChange(
  { data, time, source, id }: Command,
  before: StoredActivation,
  now: number,
): ActivationChange {
  const since = new Date(now).toISOString();
  const { command, by, why, until } = data;
  const hold = { by, why, since, ...(until !== undefined && { until }) };
  const { suppressed, recentOutages, ...memory } = failoverMemoryOf(before);
  const sent: LastCommand = { commandTime: time, commandId: commandId({ source, id }) };
  const remember = (next: FailoverMemory) => ({
    writerAttributes: failoverAttributes({ memory: next, command: sent }),
  });
  const keepMemory = { writerAttributes: failoverAttributes({ command: sent }) };
  switch (command) {
    case "activate": {
      const remove: InactiveReasonKind[] = ["NOT_WANTED", "KEEP_INACTIVE", "MANUAL", "FLAPPING"];
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
        ...(suppressed ? remember({ ...memory, recentOutages: [...(recentOutages ?? []), since] }) : keepMemory),
      };
  }
}

/** What a record keeps of a command to know it again. CloudEvents 1.0: `source` and `id` together name an event. */
export function commandId({ source, id }: Pick<Command, "source" | "id">): string {
  return `${source}/${id}`;
}

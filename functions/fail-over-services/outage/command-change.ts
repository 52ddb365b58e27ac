import type { Command } from "../../../shared/contract/command.ts";
import type {
  ActivationChange,
  InactiveReasonKind,
  StoredActivation,
} from "../../../shared/records/account/activation.ts";
import { type Watch, watchOf } from "../../../shared/records/account/failover-memory.ts";
/**
 * What a command changes in the record. Pure.
 *
 * @param before the record as it is
 * @param now epoch milliseconds
 */
export function changeOf({ data, time }: Command, before: StoredActivation, now: number): ActivationChange {
  const since = new Date(now).toISOString();
  const { command, by, why, until } = data;
  const hold = { by, why, since, ...(until !== undefined && { until }) };
  const { heldBack, openings, ...watch } = watchOf(before);
  const remembering = (next: Watch) => ({ writerAttributes: { commandTime: time, watch: next } });
  const unchanged = { writerAttributes: { commandTime: time } };
  switch (command) {
    case "activate": {
      const remove: InactiveReasonKind[] = ["NOT_WANTED", "KEEP_INACTIVE", "MANUAL", "LATCHED"];
      // An outage that would not end by itself ends by this word; the outages so far no longer count as flapping.
      if (watch.waitsForCommand) remove.push("OUTAGE");
      const { waitsForCommand: _waitsForCommand, ...rest } = watch;
      return { remove, ...remembering({ ...rest, ...(heldBack && { heldBack }) }) };
    }
    case "deactivate":
    case "keep-inactive":
      return { add: [{ kind: "KEEP_INACTIVE", ...hold }], ...unchanged };
    case "hands-off":
      return { handsOff: hold, ...unchanged };
    case "override":
      return { override: hold, ...unchanged };
    case "release":
      return {
        remove: ["KEEP_INACTIVE"],
        handsOff: null,
        override: null,
        ...(heldBack && { add: [{ ...heldBack, since }] }),
        ...(heldBack ? remembering({ ...watch, openings: [...(openings ?? []), since] }) : unchanged),
      };
  }
}

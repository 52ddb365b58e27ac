import { describeReason, isHalfMade, mutedAlarmEnds, outageEnd } from "../../shared/activation/reasons.ts";
import type { InactiveReason } from "../../shared/records/account/activation.ts";
import type { FailoverMemory } from "../../shared/records/account/failover-memory.ts";
import { when } from "./words.ts";

/** A reason in words: why, since when, what ends it, and what to type to end it now. */
export interface ReasonWords {
  why: string;
  since: string;
  /** What ends it without anybody. */
  ends: string;
  /** What a person can type; none where nothing would help. */
  command: string | undefined;
  /** Nothing ends it but a person. */
  needsPerson: boolean;
}

/** Commands that keep something from its usual course: they need a reason, for those who find it. */
const withReason: ReadonlySet<string> = new Set(["deactivate", "keep-inactive", "hands-off", "override"]);

/** Whether whoever orders it must say why. */
export function needsWhy(command: string): boolean {
  return withReason.has(command);
}

/** A command about a service as it is typed, with all that it does not do without. @param typed the service */
export function commandLine(command: "activate" | "deactivate" | "override" | "release", typed: string): string {
  return `${command} ${typed}${needsWhy(command) ? ' --why "REASON"' : ""}`;
}

/** What the words for a reason depend on. */
export interface ReasonContext {
  memory: FailoverMemory;
  /** As it is typed: `group/service`, quoted for a shell, with the account before it where there are several. */
  typed: string;
  /** Epoch milliseconds. */
  now: number;
  /** Whether failover asks its endpoint itself. */
  isProbed: boolean;
  /** Its manifest says that an outage waits for a command. */
  isManual: boolean;
  /** A person wants automation to touch nothing: what else is typed waits for that. */
  isHandsOff: boolean;
  /** A person keeps it active despite outages. */
  isOverridden: boolean;
  /** As RingCX has it, as far as that is known. */
  isActive: boolean | undefined;
  /** The message that makes it has not ended. */
  isBeingMade: boolean;
}

/** Pure. */
export function reasonWords(
  reason: InactiveReason,
  { memory, typed, now, isProbed, isManual, isHandsOff, isOverridden, isActive, isBeingMade }: ReasonContext,
): ReasonWords {
  const type = (command: Parameters<typeof commandLine>[0]) => commandLine(command, typed);
  const release = type("release");
  const words = (ends: string, command: string | undefined, needsPerson = false): ReasonWords => ({
    why: describeReason(reason),
    since: reason.since,
    ends,
    command: isHandsOff && command !== undefined && command !== release ? `${release}, then ${command}` : command,
    needsPerson,
  });
  switch (reason.kind) {
    case "NOT_WANTED":
      return words("a message that says isEnabled: true", type("activate"));
    case "NOT_VALIDATED":
      if (isHalfMade({ reasons: [reason] })) {
        if (isBeingMade) return words("its message, which is being worked on", undefined);
        return words("its message, mended as its outcome says and sent again", "apply FILE", true);
      }
      return words("a message whose validation passes: mend the endpoint and send it again", "apply FILE", true);
    case "OUTAGE": {
      const { by, command } = outageEnd(reason, memory, { recovery: isManual ? "manual" : "automatic" });
      if (by === "muted alarm") return words(mutedAlarmEnds, type(command), true);
      if (by === "command") return words("nothing but a command", type(command), true);
      const evidence = isProbed ? "no alarm fires and its probe passes" : "no alarm fires";
      // A release takes the override with it.
      const isInVain = isOverridden && !isHandsOff && command === "override";
      const ends =
        by === "manual" && !isOverridden ? `the command activate once ${evidence}` : `${evidence}, for a while`;
      return words(ends, isInVain ? undefined : type(command));
    }
    case "FLAPPING":
      return words(`quiet until ${reason.until} (${when(reason.until, now)})`, type("activate"));
    case "KEEP_INACTIVE":
      return reason.until === undefined
        ? words("nothing but a command", release)
        : words(`${reason.until} (${when(reason.until, now)})`, release);
    case "MANUAL":
      return words("it is activated in the admin page again", type("activate"));
    case "RETIRED":
      return words(
        isActive
          ? "nothing: it is to be out of use for good; RingCX has not let it be deactivated, and each sweep tries it again"
          : "nothing: it was taken out of use for good",
        undefined,
      );
  }
}

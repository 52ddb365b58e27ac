import * as z from "zod";
import { notedOutcomeSchema } from "../noted-outcome.ts";
import { outageSchema } from "./activation-item.ts";

const time = z.iso.datetime();

const noteSchema = z.object({
  since: time,
  outcome: notedOutcomeSchema,
  /** A guard has stepped in. */
  isGuard: z.literal(true).exactOptional(),
});

// Times are ISO 8601.
const memorySchema = z.object({
  /** Since when no alarm fires and, where there is one, the probe passes. */
  healthySince: time.optional(),
  /** Since when the probe passes although an alarm fires. */
  probePassingSince: time.optional(),
  /** Since when something could not be asked: times above do not go on meanwhile. */
  pausedSince: time.optional(),
  /** Probes in a row that passed, as far as it matters how many. */
  consecutivePasses: z.int().optional(),
  /** Probes in a row that failed, as far as it matters how many. */
  consecutiveFailures: z.int().optional(),
  /** When a probe was counted last: of two sweeps at once only one counts its own. */
  probedAt: time.optional(),
  /** The service is active for a trial, although its alarm has not cleared. */
  trial: z.object({ since: time, until: time }).optional(),
  failedTrials: z.int().optional(),
  /** When its last outages began. */
  recentOutages: z.array(time).optional(),
  /** The outage that the blast radius keeps from being opened. */
  suppressed: outageSchema.optional(),
  /** Since when an alarm fires in vain for a service that is never to be deactivated. */
  exemptSince: time.optional(),
  /** The open outage will not end by itself. */
  requiresCommand: z.literal(true).optional(),
  /** The mode other than `enforce` that came while its outage was open, as far as it was told. */
  endsInMode: z.string().optional(),
  /** Alarms that do not exist. */
  missingAlarms: z.array(z.string()).optional(),
  /** What is about to be told, by what it is: noted before it is told, and gone once it was. */
  notes: z.record(z.string(), noteSchema).optional(),
  /** Alarms that fire while their actions are off. */
  mutedAlarms: z.array(z.string()).optional(),
  /** RingCX said active although it should not be, after what was written last; since when, and whether that was told. */
  seenActive: z
    .object({ after: z.string(), at: time.exactOptional(), isTold: z.literal(true).exactOptional() })
    .optional(),
  /** In mode `observe`: the outage that would be open. */
  observedOutage: outageSchema.optional(),
  /** In mode `observe`: the outage that the blast radius would keep from being opened. */
  observedSuppressed: outageSchema.optional(),
});

/** What failover remembers of a service from one reconciliation to the next: the attribute `watch` of its activation record. */
export type FailoverMemory = z.output<typeof memorySchema>;

/** What is stored under another name than the code's. */
const storedNames: ReadonlyMap<string, string> = new Map(
  Object.entries({
    healthySince: "wellSince",
    probePassingSince: "provenSince",
    consecutivePasses: "passes",
    consecutiveFailures: "failures",
    recentOutages: "openings",
    suppressed: "heldBack",
    exemptSince: "spared",
    requiresCommand: "waitsForCommand",
  } satisfies Partial<Record<keyof FailoverMemory, string>>),
);
const codeNames: ReadonlyMap<string, string> = new Map([...storedNames].map(([name, stored]) => [stored, name]));

const storedSchema = z.record(z.string(), z.unknown());

interface WriterAttributes {
  writerAttributes: Readonly<Record<string, unknown>>;
}

/** What failover remembers of the service whose activation record this is, without what cannot be read. */
export function failoverMemoryOf({ writerAttributes }: WriterAttributes): FailoverMemory {
  // What an older version of the software remembered is no reason to fail in an outage.
  const stored = storedSchema.safeParse(writerAttributes.watch).data ?? {};
  const attributes = renamed(stored, codeNames);
  // One by one: of a guard's memory nothing may be lost for an attribute of another version.
  const schemas: Readonly<Record<string, z.ZodType>> = memorySchema.shape;
  const readable = Object.entries(attributes).flatMap(([name, stored]) => {
    const value = Object.hasOwn(schemas, name) ? schemas[name]?.safeParse(stored).data : undefined;
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(readable);
}

/** The commands that changed a record. */
export interface CommandMemory {
  /** When the last one was sent, ISO 8601. */
  commandTime: string;
  /** Source and id of the last one. Commands before this attribute was kept have none. */
  commandId?: string | undefined;
  /**
   * Digests of the last ones' source and id, the newest first. Of those before them every one is older than
   * `commandTime`. Releases before this attribute was kept leave it as it is.
   */
  commandDigests?: readonly string[] | undefined;
}

const commandMemorySchema = z.object({
  commandTime: z.string(),
  commandId: z.string().optional().catch(undefined),
  commandDigests: z.array(z.string()).optional().catch(undefined),
});

/** The commands that changed the record. */
export function commandMemoryOf({ writerAttributes }: WriterAttributes): CommandMemory | undefined {
  return commandMemorySchema.safeParse(writerAttributes).data;
}

/**
 * What failover keeps with an activation record, to be written with a change of it.
 *
 * @param memory stays as it is where it is left out
 * @param command the one that makes the change, and those before it
 */
export function failoverAttributes({
  memory,
  command,
}: {
  memory?: FailoverMemory;
  command?: CommandMemory;
}): WriterAttributes["writerAttributes"] {
  return {
    ...(memory && { watch: renamed(memory, storedNames) }),
    ...command,
  };
}

function renamed(
  attributes: Readonly<Record<string, unknown>>,
  names: ReadonlyMap<string, string>,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [names.get(name) ?? name, value]));
}

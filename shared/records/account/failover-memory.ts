import * as z from "zod";

const time = z.iso.datetime();

const outageSchema = z.object({
  kind: z.literal("OUTAGE"),
  since: time,
  alarms: z.array(z.string()).readonly(),
  confirmedByProbe: z.boolean(),
});

/** What failover remembers of a service from one look to the next. Times are ISO 8601. */
const watchSchema = z.object({
  /** Since when no alarm fires and, where there is one, the probe passes. */
  wellSince: time.optional(),
  /** Since when the probe passes although an alarm fires. */
  provenSince: time.optional(),
  /** Probes in a row, as far as it matters how many. */
  passes: z.int().optional(),
  failures: z.int().optional(),
  /** The service is active for a trial, although its alarm has not cleared. */
  trial: z.object({ since: time, until: time }).optional(),
  failedTrials: z.int().optional(),
  /** When its last outages began. */
  openings: z.array(time).optional(),
  /** The outage that the blast radius holds back. */
  heldBack: outageSchema.optional(),
  /** Since when an alarm asks in vain for a service that is never to be deactivated. */
  spared: time.optional(),
  /** The open outage will not end by itself. */
  waitsForCommand: z.literal(true).optional(),
  /** Alarms that do not exist. */
  missingAlarms: z.array(z.string()).optional(),
  /** In mode `observe`: the outage that would be open. */
  observedOutage: outageSchema.optional(),
});
export type Watch = z.output<typeof watchSchema>;

/** The attribute of the activation record that is failover's own. */
export function watchOf({ writerAttributes }: { writerAttributes: Readonly<Record<string, unknown>> }): Watch {
  // What an older version of the software remembered is no reason to fail in an outage.
  return watchSchema.safeParse(writerAttributes.watch).data ?? {};
}

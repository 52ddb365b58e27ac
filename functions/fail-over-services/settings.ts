import * as z from "zod";
import { sendersSchema } from "../../shared/contract/door/authorize-sender.ts";
import { probeSettingsSchema } from "../../shared/probe/probe-settings.ts";
import { baseSettings } from "../../shared/runtime/dependencies.ts";
import { json } from "../../shared/runtime/settings.ts";

/**
 * At which delivery a command that fails is ended, about twenty minutes after it came, and how many there are: those that are
 * left over are for processes that die at it.
 */
export const commandDeliveries = { last: 10, most: 13 };

/** The guards against failover itself. */
export const guardsSchema = z.strictObject({
  flap: z
    .strictObject({
      /** So many outages of a service ... */
      openings: z.int().min(2).max(100).default(3),
      /** ... within so many minutes count as flapping: it stays inactive ... */
      withinMinutes: z.int().min(1).max(1_440).default(60),
      /** ... until it has been quiet for so many minutes. */
      quietMinutes: z.int().min(1).max(10_080).default(30),
    })
    .prefault({}),
  blastRadius: z
    .strictObject({
      /** Largest share of an account's services (one at least) that is deactivated ... */
      share: z.number().gt(0).max(1).default(0.2),
      /** ... within so many minutes for outages that no probe confirms. */
      withinMinutes: z.int().min(1).max(1_440).default(15),
    })
    .prefault({}),
});

/** When failover restrains itself. */
export type Guards = z.output<typeof guardsSchema>;

/** How failover decides, for services whose manifest says nothing else. */
export const failoverSchema = z.strictObject({
  /** `observe` says what it would have done; `off` does nothing. */
  mode: z.enum(["enforce", "observe", "off"]),
  /** How long the evidence must hold before a service comes back, in seconds. */
  recoverAfterSeconds: z.int().min(0),
  /** So many passed probes in a row are evidence that an endpoint works, so many failed ones that it does not. */
  probesInARow: z.int().min(1),
  /** A probe sooner than that after the last one that was counted is another sweep's of the same minute. */
  leastSecondsBetweenProbes: z.int().min(0),
  guards: guardsSchema,
  /** Regions in which alarms may name their services by a tag. */
  alarmRegions: z.array(z.string()),
  /** The AWS account that the function runs in: alarms of any other are asked for with a role, or not at all. */
  awsAccountId: z.string(),
  /** Roles to assume where alarms live in other AWS accounts, by account id. */
  alarmReadRoleArns: z.record(z.string(), z.string()),
});

/** How failover decides: the variable `FAILOVER`. */
export type FailoverSettings = z.output<typeof failoverSchema>;

/** The environment variables of the function. */
export const failOverSettings = baseSettings.extend({
  PROBE: json(probeSettingsSchema),
  FAILOVER: json(failoverSchema),
  ALARM_QUEUE_URL: z.url(),
  COMMAND_QUEUE_URL: z.url(),
  COMMAND_REJECT_QUEUE_URL: z.url(),
  SWEEP_QUEUE_URL: z.url(),
  /** Which sender may send commands for which accounts. */
  COMMAND_SENDERS: json(sendersSchema),
});

import * as z from "zod";
import { probeSettingsSchema } from "../../shared/probe/address-policy.ts";
import { foundationSettings } from "../../shared/runtime/dependencies.ts";
import { json } from "../../shared/runtime/settings.ts";
import { guardsSchema } from "./outage/policy.ts";

/** How failover decides, for services whose manifest says nothing else. */
export const failoverSchema = z.strictObject({
  /** `observe` says what it would have done; `off` does nothing. */
  mode: z.enum(["enforce", "observe", "off"]),
  /** How long the evidence must hold before a service comes back, in seconds. */
  recoverAfterSeconds: z.int().min(0),
  /** So many passed probes in a row are evidence that an endpoint works, so many failed ones that it does not. */
  probesInARow: z.int().min(1),
  guards: guardsSchema,
  /** Regions in which alarms may name their services by a tag. */
  alarmRegions: z.array(z.string()),
  /** Roles to assume where alarms live in other AWS accounts, by account id. */
  alarmReadRoleArns: z.record(z.string(), z.string()),
});
export type FailoverSettings = z.output<typeof failoverSchema>;

export const failOverSettings = foundationSettings.extend({
  PROBE: json(probeSettingsSchema),
  FAILOVER: json(failoverSchema),
  COMMAND_QUEUE_URL: z.url(),
  COMMAND_REJECT_QUEUE_URL: z.url(),
});

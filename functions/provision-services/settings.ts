import * as z from "zod";
import { sendersSchema } from "../../shared/contract/door/authorize-sender.ts";
import { probeSettingsSchema } from "../../shared/probe/probe-settings.ts";
import { baseSettings, stateSettings } from "../../shared/runtime/dependencies.ts";
import { json } from "../../shared/runtime/settings.ts";

const provisioningSchema = z.strictObject({
  /** Which sender may change which accounts. @default anybody whom the queue's policy lets send */
  senders: sendersSchema.default([]),
});
/** Who may change what. */
export type ProvisioningSettings = z.output<typeof provisioningSchema>;

const queues = { WAKE_QUEUE_URL: z.string().min(1), REJECT_QUEUE_URL: z.string().min(1) };

/** The environment variables of the function that takes messages in. */
export const intakeSettings = stateSettings.extend({
  ...queues,
  PROVISIONING_QUEUE_URL: z.string().min(1),
  PROVISIONING: json(provisioningSchema),
});

/** The environment variables of the function that works accounts off. */
export const workerSettings = baseSettings.extend({ ...queues, PROBE: json(probeSettingsSchema) });

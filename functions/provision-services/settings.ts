import * as z from "zod";
import { sendersSchema } from "../../shared/contract/door/authorize-sender.ts";
import { probeSettingsSchema } from "../../shared/probe/probe-settings.ts";
import { baseSettings } from "../../shared/runtime/dependencies.ts";
import { json } from "../../shared/runtime/settings.ts";

const provisioningSchema = z.strictObject({
  /** Which sender may change which accounts. @default anybody whom the queue's policy lets send */
  senders: sendersSchema.default([]),
});
/** Who may change what. */
export type ProvisioningSettings = z.output<typeof provisioningSchema>;

/** The function's environment variables. */
export const provisioningSettings = baseSettings.extend({
  PROBE: json(probeSettingsSchema),
  PROVISIONING_QUEUE_URL: z.string().min(1),
  WAKE_QUEUE_URL: z.string().min(1),
  REJECT_QUEUE_URL: z.string().min(1),
  PROVISIONING: json(provisioningSchema),
});

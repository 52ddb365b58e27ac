import * as z from "zod";
import { probeSettingsSchema } from "../../shared/probe/probe-settings.ts";
import { baseSettings } from "../../shared/runtime/dependencies.ts";
import { json } from "../../shared/runtime/settings.ts";

const provisioningSchema = z.strictObject({
  /**
   * Which sender (SQS `SenderId`, or the beginning of it) may change which accounts. With any entry here, a sender
   * without one may change none. @default anybody whom the queue's policy lets send
   */
  senders: z.array(z.strictObject({ senderId: z.string().min(1), accountIds: z.array(z.string()).min(1) })).default([]),
});
/** Who may change what. */
export type ProvisioningSettings = z.output<typeof provisioningSchema>;

/** The function's environment variables. */
export const provisioningSettings = baseSettings.extend({
  PROBE: json(probeSettingsSchema),
  PROVISIONING_QUEUE_URL: z.string().min(1),
  REJECT_QUEUE_URL: z.string().min(1),
  PROVISIONING: json(provisioningSchema),
});

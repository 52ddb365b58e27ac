import * as z from "zod";

/** How failover watches a service. Every field may be left out. */
export const healthSchema = z.strictObject({
  /** ARNs of the CloudWatch alarms that speak for its endpoint. */
  alarms: z
    .array(
      z
        .string()
        .regex(
          /^arn:aws[a-z-]*:cloudwatch:[a-z0-9-]+:[0-9]{12}:alarm:[^\r\n]+$/,
          "expected the ARN of a CloudWatch alarm",
        ),
    )
    .max(20)
    .optional(),
  /** `manual` waits for a command after an outage. @default "automatic" */
  recovery: z.enum(["automatic", "manual"]).optional(),
  /** How long the evidence must hold before it comes back, in seconds. @default the environment's setting */
  recoverAfterSeconds: z.int().min(0).max(86_400).optional(),
  /** Let the sweep watch the endpoint itself by the validation request. */
  watch: z.literal("probe").optional(),
  /** An outage never deactivates it. @default false */
  neverDeactivate: z.boolean().optional(),
  /** Services with a higher one are switched first when the quota is short. @default 0 */
  priority: z.int().min(0).max(100).optional(),
  /** @default the environment's mode */
  mode: z.enum(["enforce", "observe", "off"]).optional(),
});
/** How a service is watched, complete. */
export type Health = z.output<typeof healthSchema>;

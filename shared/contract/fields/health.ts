import * as z from "zod";

/** How failover watches a service. Every field may be left out. */
export const healthSchema = z.strictObject({
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
    .optional()
    .describe("ARNs of the CloudWatch alarms that speak for its endpoint."),
  recovery: z
    .enum(["automatic", "manual"])
    .optional()
    .describe("automatic: it comes back on evidence; manual: a command brings it back. Without it: automatic."),
  recoverAfterSeconds: z
    .int()
    .min(0)
    .max(86_400)
    .optional()
    .describe(
      "How long the evidence must hold before it comes back, in seconds. Without it: the environment's setting.",
    ),
  watch: z
    .literal("probe")
    .optional()
    .describe("probe: the sweep watches the endpoint itself, by the validation request. Without it: alarms alone."),
  neverDeactivate: z.boolean().optional().describe("An outage never deactivates it. Without it: false."),
  priority: z
    .int()
    .min(0)
    .max(100)
    .optional()
    .describe("Services with a higher one are switched first when the quota is short. Without it: 0."),
  mode: z
    .enum(["enforce", "observe", "off"])
    .optional()
    .describe(
      "enforce: an outage deactivates it; observe: it is told what would be done; off: nothing. Without it: the environment's mode.",
    ),
});
/** How a service is watched, complete. */
export type Health = z.output<typeof healthSchema>;

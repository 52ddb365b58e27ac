import * as z from "zod";
import { outcomeStatusSchema } from "../shared/contract/outcome.ts";
import { connectionSchema } from "../shared/runtime/connections.ts";

/** The secret of a connection is the stack's own: its id is known only when it is deployed. */
const connectionInput = connectionSchema.omit({ secretId: true }).extend({
  ringcxUrl: z.url().default("https://ringcx.ringcentral.com"),
  platformUrl: z.url().default("https://platform.ringcentral.com"),
});

/** EventBridge Scheduler's own words; it has no rate below a minute. */
const rate = z
  .string()
  .regex(/^rate\([1-9]\d* (minute|minutes|hour|hours)\)$/, 'expected for example "rate(5 minutes)"');

const probeSchema = z.strictObject({
  /** Hosts that a probe may ask: `api.example.com`, `*.example.com`, `api.example.com:8443`. @default none */
  allowedHosts: z.array(z.string().min(1)).default([]),
  /** Loopback and private addresses too: for a system on one machine only. @default false */
  allowPrivateAddresses: z.boolean().default(false),
  /** Plain HTTP too: for a system on one machine only. @default false */
  allowHttp: z.boolean().default(false),
  /** Longest wait for an endpoint's answer, in milliseconds. @default 5000 */
  timeoutMs: z.int().min(100).max(30_000).default(5_000),
  /** Longest answer that is read, in bytes. @default 65536 */
  maxBytes: z.int().min(1).default(65_536),
});

const arn = (service: string, example: string) =>
  z.string().regex(new RegExp(`^arn:[a-z-]+:${service}:`), `expected an ARN such as ${example}`);

/** Where notices go: an e-mail address, or an HTTPS URL (PagerDuty, Opsgenie, a webhook that confirms to SNS). */
const endpoint = z
  .string()
  .refine(
    (text) => z.email().safeParse(text).success || z.url({ protocol: /^https$/ }).safeParse(text).success,
    "expected an e-mail address or an https:// URL",
  );

/** Settings of one environment. A wrong one names its path and what was expected. */
export const environmentSchema = z.strictObject({
  /** Part of the stack's name and of every metric. */
  name: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, "expected lower-case letters, digits and dashes"),
  /** AWS account; without it the one of the credentials that deploy. */
  account: z
    .string()
    .regex(/^\d{12}$/, "an AWS account id has 12 digits")
    .optional(),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "expected an AWS region such as eu-central-1"),
  /** RingCX logins and the sub-accounts that each serves; an account belongs to one connection. */
  connections: z
    .array(connectionInput)
    .min(1)
    .superRefine((connections, context) => {
      const owners = new Map<string, string>();
      for (const [index, { name, accountIds }] of connections.entries()) {
        for (const accountId of accountIds) {
          const owner = owners.get(accountId);
          if (owner !== undefined) {
            context.addIssue({
              code: "custom",
              path: [index, "accountIds"],
              message: `account ${accountId} is served by "${owner}" already; leave it in one connection`,
            });
          }
          owners.set(accountId, name);
        }
      }
    }),
  probe: probeSchema.prefault({}),
  rotation: z
    .strictObject({
      /** How often secrets are looked at. @default "rate(5 minutes)" */
      schedule: rate.default("rate(5 minutes)"),
      /** Functions of yours that issue credentials (create, verify, revoke). @default none */
      issuerFunctionArns: z
        .array(arn("lambda", "arn:aws:lambda:eu-central-1:111122223333:function:crm-issuer"))
        .default([]),
    })
    .prefault({}),
  failover: z
    .strictObject({
      /** `observe` says what it would have done; `off` does nothing. @default "enforce" */
      mode: z.enum(["enforce", "observe", "off"]).default("enforce"),
      /** How often everything is looked at, whatever events came. @default "rate(1 minute)" */
      sweepSchedule: rate.default("rate(1 minute)"),
      /** How long the evidence must hold before a service comes back, in seconds. @default 300 */
      recoverAfterSeconds: z.int().min(0).default(300),
      /** Roles to assume where alarms live in other AWS accounts, by account id. @default none */
      alarmReadRoleArns: z
        .record(
          z.string().regex(/^\d{12}$/, "an AWS account id has 12 digits"),
          arn("iam", "arn:aws:iam::111122223333:role/ringcx-reads-alarms"),
        )
        .default({}),
    })
    .prefault({}),
  provisioning: z
    .strictObject({
      /** AWS accounts and roles (ARNs) that may send messages and commands besides this account. @default none */
      producers: z
        .array(
          z
            .string()
            .regex(
              /^(\d{12}|arn:[a-z-]+:iam::\d{12}:(role|user|root).*[^*])$/,
              "expected an AWS account id of 12 digits or the ARN of a role or user, without a wildcard",
            ),
        )
        .default([]),
      /** Which sender (SQS SenderId, or the beginning of it) may change which accounts. @default anybody who may send */
      senders: z
        .array(z.strictObject({ senderId: z.string().min(1), accountIds: z.array(z.string().regex(/^\d+$/)).min(1) }))
        .default([]),
    })
    .prefault({}),
  /** Who is told. SNS sends each new endpoint a confirmation first. */
  notifications: z
    .strictObject({
      /** When something needs a person, and when it no longer does. @default nobody */
      alarms: z.array(endpoint).default([]),
      /** What became of messages, rotations and outages; `statuses` narrows it. @default nobody */
      outcomes: z
        .array(z.strictObject({ endpoint, statuses: z.array(outcomeStatusSchema).min(1).optional() }))
        .default([]),
    })
    .prefault({}),
  /** How long function logs are kept, in days; one of CloudWatch Logs' own periods. @default 90 */
  logRetentionDays: z
    .union([1, 3, 5, 7, 14, 30, 60, 90, 120, 180, 365, 400, 731].map((days) => z.literal(days)))
    .default(90),
  /** Tags on everything. @default none */
  tags: z.record(z.string(), z.string()).default({}),
  /** Managed policy that bounds what every role of the stack may do. @default none */
  permissionsBoundaryArn: arn("iam", "arn:aws:iam::111122223333:policy/boundary").optional(),
  /**
   * Subnets that the functions run in, in two or more availability zones. They need a way to RingCX (a NAT gateway)
   * and to the endpoints that probes ask; the AWS services are reached through it or through VPC endpoints.
   *
   * @default outside any VPC, which is enough for public endpoints
   */
  vpc: z
    .strictObject({
      subnetIds: z.array(z.string().regex(/^subnet-[0-9a-f]{8,17}$/, "expected for example subnet-0a1b2c3d")).min(1),
      securityGroupIds: z.array(z.string().regex(/^sg-[0-9a-f]{8,17}$/, "expected for example sg-0a1b2c3d")).min(1),
    })
    .optional(),
});

export type EnvironmentSettings = z.output<typeof environmentSchema>;
export type EnvironmentInput = z.input<typeof environmentSchema>;

/** Your environments. These two are examples: put your own account ids, hosts and producers. */
export const environments: readonly EnvironmentInput[] = [
  {
    name: "test",
    region: "eu-central-1",
    connections: [{ name: "main", accountIds: ["123456"] }],
    probe: { allowedHosts: ["api.example.com", "auth.example.com"] },
    failover: { mode: "observe" },
    logRetentionDays: 30,
    tags: { environment: "test" },
  },
  {
    name: "production",
    region: "eu-central-1",
    connections: [
      { name: "main", accountIds: ["223456", "223457"] },
      { name: "partner", accountIds: ["323456"], quota: { scope: "connection" } },
    ],
    probe: { allowedHosts: ["api.example.com", "auth.example.com"] },
    logRetentionDays: 365,
    tags: { environment: "production" },
  },
];

/**
 * The settings of one environment, complete and checked.
 *
 * @throws {Error} naming every wrong setting, or the environments that there are
 */
export function environmentNamed(name: string, known: readonly EnvironmentInput[] = environments): EnvironmentSettings {
  const input = known.find((environment) => environment.name === name);
  if (!input) {
    throw new Error(
      `There is no environment "${name}" in infra/environments.ts. Known: ${known.map(({ name }) => name).join(", ")}.`,
    );
  }
  return checkedEnvironment(input);
}

/** @throws {Error} naming every wrong setting with its path */
export function checkedEnvironment(input: EnvironmentInput): EnvironmentSettings {
  const result = environmentSchema.safeParse(input);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `  ${path.map(String).join(".")}: ${message}`);
  throw new Error(`The environment "${input.name}" in infra/environments.ts is wrong:\n${problems.join("\n")}`);
}

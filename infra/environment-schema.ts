import * as z from "zod";
import { guardsSchema } from "../functions/fail-over-services/settings.ts";
import { outcomeStatusSchema } from "../shared/contract/outcome.ts";
import { connectionSchema, publicHosts } from "../shared/ringcx/session/connection.ts";
import { countLimits, textLimits } from "./aws-limits.ts";
import {
  alarmNamePrefix,
  authConfig,
  endpoint,
  host,
  limited,
  list,
  logRetention,
  origin,
  rate,
  reference,
  region,
  ringcxAccountId,
  senders,
  visible,
} from "./environment-fields.ts";

const awsAccountId = limited(textLimits.accountId);

/** The secret of a connection is the stack's own: its id is known only when it is deployed. */
const connectionFields = connectionSchema.omit({ secretId: true }).extend({
  /** As secrets name it in their tag `ringcx:connection`. */
  name: limited(textLimits.name),
  /** RingCX sub-accounts whose services the login may change. */
  accountIds: z
    .array(ringcxAccountId)
    .min(1, "is empty: name at least one RingCX account that it serves")
    .meta({ examples: [["123456"]] }),
  /** @default "https://ringcx.ringcentral.com" */
  ringcxUrl: origin.default(publicHosts.ringcxUrl),
  /** Where it logs in. @default "https://platform.ringcentral.com" */
  platformUrl: origin.default(publicHosts.platformUrl),
  /**
   * Whether credential secrets must name this environment in their tag `ringcx:environment`: needed where another
   * environment has a connection of the same name in the same AWS account and region. @default false
   */
  requireEnvironmentTag: z.boolean().default(false),
});
const exampleConnection = { name: "main", accountIds: ["123456"] };
const connectionInput = connectionFields.meta({ examples: [exampleConnection] });
const exampleEnvironment = { name: "test", region: "eu-central-1", connections: [exampleConnection] };

const outcomeStatus = outcomeStatusSchema.meta({ examples: ["FAILED"] });

const probeSchema = z.strictObject({
  /** Hosts that a probe may ask: `api.example.com`, `*.example.com`, `api.example.com:8443`. @default none */
  allowedHosts: list(host).default([]),
  /** Loopback and private addresses too: for a system on one machine only. @default false */
  allowPrivateAddresses: z.boolean().default(false),
  /** Plain HTTP too: for a system on one machine only. @default false */
  allowHttp: z.boolean().default(false),
  /** Longest wait for an endpoint's answer, in milliseconds. @default 5000 */
  timeoutMs: z.int().min(100).max(30_000).default(5_000),
  /** Longest answer that is read, in bytes. @default 65536 */
  maxBytes: z.int().min(1).max(6_291_456).default(65_536),
});

const settingsSchema = z.strictObject({
  /** Part of the stack's name and of every metric. */
  name: limited(textLimits.name),
  /** AWS account; without it the one of the credentials that deploy. */
  account: awsAccountId.optional(),
  region,
  /** RingCX logins and the sub-accounts that each serves; an account belongs to one connection. */
  connections: z
    .array(connectionInput)
    .min(1, "expected at least one connection")
    .meta({ examples: [[exampleConnection]] }),
  /**
   * Where the functions find the accounts of the connections. `variables`: their own variables, which have 4 KB for all settings.
   * `parameters`: Systems Manager's, read anew each minute, so that there is room for thousands, and accounts are added
   * without a deployment.
   *
   * @default variables for up to about 150 accounts, parameters for more
   */
  accountsIn: z.enum(["variables", "parameters"]).optional(),
  probe: probeSchema.prefault({}),
  rotation: z
    .strictObject({
      /** How often secrets are compared with what RingCX has. @default "rate(5 minutes)" */
      schedule: rate.default("rate(5 minutes)"),
      /** Functions of yours that issue credentials (create, verify, revoke). @default none */
      issuerFunctionArns: list(reference(textLimits.functionArn)).default([]),
      /**
       * What is done about an auth config with a secret's value that somebody else changed in RingCX, besides saying so:
       * `rewrite` writes the secret's current version again, once a day at most. @default "report"
       */
      onChange: z.enum(["report", "rewrite"]).default("report"),
      /**
       * Auth configs, as `accountId/uuid`, that keep the last value of a secret that no longer feeds them, on purpose: they
       * are not reported. @default none
       */
      unmanagedAuthConfigs: list(authConfig).default([]),
      /**
       * What becomes of a new version of a secret that no endpoint has accepted, while RingCX has another one.
       * `couldNotBeAsked`, no endpoint answered in a way that says anything about it: `wait` writes it after the secret's
       * `ringcx:prove-within`, unless an endpoint accepts what RingCX has; `keep` waits without end; `write` does not wait.
       * `notProvable`, no live service declares how to ask, or the kind of credential cannot be presented: `keep` needs a
       * person for each version, in Secrets Manager's own rotation too. @default wait and write
       */
      unproven: z
        .strictObject({
          /** @default "wait" */
          couldNotBeAsked: z.enum(["wait", "keep", "write"]).default("wait"),
          /** @default "write" */
          notProvable: z.enum(["keep", "write"]).default("write"),
        })
        .prefault({}),
    })
    .prefault({}),
  confinement: z
    .strictObject({
      /**
       * What is done about a service that somebody has made to be called with a secret whose tags do not allow it, besides
       * saying so: `deactivate` holds it inactive until the command `release`. @default "report"
       */
      onViolation: z.enum(["report", "deactivate"]).default("report"),
    })
    .prefault({}),
  failover: z
    .strictObject({
      /** `observe` says what it would have done; `off` does nothing. @default "enforce" */
      mode: z.enum(["enforce", "observe", "off"]).default("enforce"),
      /** How often every service is reconciled, whatever events came. @default "rate(1 minute)" */
      sweepSchedule: rate.default("rate(1 minute)"),
      /** How long the evidence must hold before a service comes back, in seconds; only a sweep ends an outage. @default 300 */
      recoverAfterSeconds: z.int().min(0).max(86_400).default(300),
      /** So many passed probes in a row are evidence that an endpoint works, failed ones that it does not. @default 3 */
      probesInARow: z.int().min(1).max(100).default(3),
      /** So many seconds at least lie between two probes of a service that count, however many sweeps look at it. */
      leastSecondsBetweenProbes: z.int().min(0).max(50).default(40),
      /** What limits failover itself: a service that flaps stays inactive, and only so many are deactivated at once. */
      guards: guardsSchema.prefault({}),
      /**
       * Regions in which alarms live (Route 53's in us-east-1): their tags are read, and those of the stack's own region with
       * them. In each other an `AlarmForwarding` brings their events here at once; without it they act with the next sweep,
       * within a minute. An empty list, and no tags are read. @default the region of the stack
       */
      alarmRegions: list(region).optional(),
      /**
       * How the names of alarms begin whose events come here at once; the others are found by the sweep, within a minute.
       * @default all but the automation's own
       */
      alarmNamePrefixes: list(alarmNamePrefix).default([]),
      /** Roles to assume where alarms live in other AWS accounts, by account id. @default none */
      alarmReadRoleArns: z
        .record(awsAccountId, reference(textLimits.roleArn))
        .meta({ examples: [{ [textLimits.accountId.example]: textLimits.roleArn.example }] })
        .default({}),
      /**
       * Lambda executions that no other function of the AWS account can take from failover. 100 of the account's must stay
       * unreserved, which a new account does not have. @default false
       */
      reserveConcurrency: z.boolean().default(false),
      /** Which sender may send commands for which accounts, where others do than messages. @default provisioning.senders */
      commandSenders: senders.optional(),
    })
    .prefault({}),
  provisioning: z
    .strictObject({
      /** AWS accounts and roles (ARNs) that may send messages and commands besides this account. @default none */
      producers: list(reference(textLimits.producer), countLimits.producers).default([]),
      /**
       * Which sender may change which accounts by messages and commands: the unique id of a user (`AIDA...`) or role
       * (`AROA...`, all its sessions). With any entry, whoever has none may change nothing. @default anybody who may send
       */
      senders: senders.default([]),
    })
    .prefault({}),
  /** Who is notified. SNS sends each new endpoint a confirmation first. */
  notifications: z
    .strictObject({
      /** When action is required and when it no longer is, however urgent. @default nobody */
      alarms: z.array(endpoint).default([]),
      /** The same, of what cannot wait until the morning only. @default nobody besides `alarms` */
      page: z.array(endpoint).default([]),
      /** The same, of what can wait for a working day only. @default nobody besides `alarms` */
      ticket: z.array(endpoint).default([]),
      /** What became of messages, rotations and outages; `statuses` narrows it. @default nobody */
      outcomes: z
        .array(
          z
            .strictObject({
              /** An e-mail address or an `https://` URL. */
              endpoint,
              /** @default all */
              statuses: list(outcomeStatus)
                .min(1, "expected at least one, or leave it out: then all are told")
                .optional(),
            })
            .meta({ examples: [{ endpoint: "team@example.com" }] }),
        )
        .default([]),
      /**
       * A topic for AWS's chat service (Slack, Teams, Chime), in its own format: title, description, next steps. It has what the
       * automation did of its own accord, and outcomes of messages and commands that ended so. @default no such topic
       */
      chat: z
        .strictObject({
          /** @default "PARTIAL", "REJECTED" and "FAILED" */
          statuses: list(outcomeStatus).default(["PARTIAL", "REJECTED", "FAILED"]),
        })
        .optional(),
    })
    .prefault({}),
  /** How long function logs are kept, in days; one of CloudWatch Logs' own periods. @default 90 */
  logRetentionDays: logRetention.default(90),
  /** Whether the functions' logs and the schedules are under the stack's key, too. @default false: under keys of AWS's own */
  encryptLogs: z.boolean().default(false),
  /** Tags on everything that can carry them: CloudFormation tags no schedule, only groups of them. @default none */
  tags: z.record(visible(limited(textLimits.tagKey)), visible(limited(textLimits.tagValue))).default({}),
  /** Managed policy that bounds what every role of the stack may do. @default none */
  permissionsBoundaryArn: limited(textLimits.policyArn).optional(),
  /**
   * Subnets that the functions run in, in two or more availability zones. They need a way to RingCX (a NAT gateway)
   * and to the endpoints that probes ask; the AWS services are reached through it or through VPC endpoints.
   *
   * @default outside any VPC, which is enough for public endpoints
   */
  vpc: z
    .strictObject({
      /** In two or more availability zones. */
      subnetIds: list(reference(textLimits.subnetId), countLimits.subnets).min(1, "expected at least one subnet"),
      /** They must let out what the functions ask. */
      securityGroupIds: list(reference(textLimits.securityGroupId), countLimits.securityGroups).min(
        1,
        "expected at least one security group",
      ),
    })
    .optional(),
});

/** Settings of one environment, each by itself; what one demands of another is in `environment-checks.ts`. */
export const environmentSchema = settingsSchema.meta({ examples: [exampleEnvironment] });

/** Settings that a construct leaves to its stack and to CDK. */
const ofTheStack = { region: true, account: true, tags: true, permissionsBoundaryArn: true } as const;

/** Settings of an automation. */
export const automationSchema = settingsSchema.omit(ofTheStack);

/** What may be written down as constant, too. */
type Written<Value> = Value extends object ? { readonly [Key in keyof Value]: Written<Value[Key]> } : Value;

/** Settings of one environment, complete. */
export type EnvironmentSettings = z.output<typeof environmentSchema>;
/** Settings of one environment as they are written: what is left out has a default. */
export type EnvironmentInput = Written<z.input<typeof environmentSchema>>;

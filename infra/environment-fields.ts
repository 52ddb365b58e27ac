import * as z from "zod";

/** EventBridge's own words, the unit in the singular after 1; it has no rate below a minute. */
export const rate = z
  .string()
  .regex(
    /^rate\((1 (minute|hour)|([2-9]|[1-9]\d+) (minutes|hours))\)$/,
    'expected for example "rate(1 minute)" or "rate(5 minutes)"',
  );

/** The id of an AWS account. */
export const awsAccountId = z.string().regex(/^\d{12}$/, "an AWS account id has 12 digits");

/** An auth config of an account in RingCX. */
export const authConfig = z
  .string()
  .regex(/^[^/\s]+\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, "expected an auth config as accountId/uuid");

/** @param example shown where another thing was given */
export function arn(service: string, example: string) {
  return z.string().regex(new RegExp(`^arn:[a-z-]+:${service}:`), `expected an ARN such as ${example}`);
}

/** A host as a URL has it, with its port if that is not the scheme's own; `*.` before it is any name below it. */
export const host = z
  .string()
  .regex(
    /^((\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*|\[[0-9a-f:.]+\])(:\d{1,5})?$/i,
    "expected a host such as api.example.com, *.example.com or api.example.com:8443, without https:// and path",
  );

/** Where notices go: an e-mail address, or an HTTPS URL (PagerDuty, Opsgenie, a webhook that confirms to SNS). */
export const endpoint = z
  .string()
  .refine(
    (text) => z.email().safeParse(text).success || z.url({ protocol: /^https$/ }).safeParse(text).success,
    "expected an e-mail address or an https:// URL",
  );

/** Somebody in AWS who can be named in a queue's policy. */
export const producer = z
  .string()
  .regex(
    /^(\d{12}|arn:[a-z-]+:iam::\d{12}:(root|(role|user)\/[\w+=,.@/-]+))$/,
    "expected an AWS account id of 12 digits or the ARN of a role or user, without a wildcard",
  );

/** `AIDA…` is a user, `AROA…` a role. Source: IAM User Guide, "Unique identifiers". */
const uniqueId = /^(AIDA|AROA)[A-Z0-9]{12,124}$/;

/** Which sender may send for which accounts: whole ids, so that no id is the beginning of another's. */
export const senders = z.array(
  z.strictObject({
    senderId: z.string().check(({ value, issues }) => {
      if (uniqueId.test(value)) return;
      const [id = ""] = value.split(":", 1);
      const message =
        "expected the whole unique id of a user (AIDA...) or role (AROA...), with which SQS's SenderId begins";
      const hint = uniqueId.test(id)
        ? `write ${id}: it stands for every session of the role, whose name its user chooses`
        : "aws iam get-role --role-name NAME --query Role.RoleId, or aws iam get-user --user-name NAME --query User.UserId, says it; the beginning of an id no longer counts";
      issues.push({ code: "custom", message, params: { hint }, input: value });
    }),
    accountIds: z.array(z.string().regex(/^\d+$/, "an accountId is a string of digits")).min(1),
  }),
);

/** A resource of EC2 by its id. */
export function ec2Id(prefix: "subnet" | "sg") {
  return z.string().regex(new RegExp(`^${prefix}-[0-9a-f]{8,17}$`), `expected for example ${prefix}-0a1b2c3d`);
}

/** Periods that CloudWatch Logs can keep a log for, in days. Source: CloudWatch Logs API, "PutRetentionPolicy". */
const retentionDays = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922];

/** How long a log is kept, in days. */
export const logRetention = z
  .int()
  .refine(
    (days) => retentionDays.includes(days),
    `CloudWatch Logs knows these periods only: ${retentionDays.join(", ")}`,
  );

/** An AWS region. */
export const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "expected an AWS region such as eu-central-1");

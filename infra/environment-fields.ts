import * as z from "zod";
import { partitionOfRegion } from "../shared/primitives/aws-partition.ts";
import { hostPatternProblem } from "../shared/primitives/host-pattern.ts";
import { type CountLimit, logRetentionDays, longestRateHours, type TextLimit, textLimits } from "./aws-limits.ts";
import { isToken } from "./token.ts";

/** A text as AWS takes it. */
export function limited({ pattern, expected }: TextLimit) {
  return z.string().regex(pattern, expected);
}

/**
 * A text that goes into the template and nowhere else, so that it may be one that only the deployment knows: a reference to
 * another construct. What is compared, parsed or measured at synthesis is {@link limited}.
 */
export function reference({ pattern, expected }: TextLimit) {
  return z.string().refine((text) => pattern.test(text) || isToken(text), expected);
}

/** A list without doubles, and no longer than AWS takes. */
export function list<Item extends z.ZodType<string>>(item: Item, limit?: CountLimit) {
  const distinct = z.array(item).superRefine((values, context) => {
    for (const [index, value] of values.entries()) {
      const first = values.indexOf(value);
      if (first === index) continue;
      context.addIssue({ code: "custom", path: [index], message: `is at [${first}] already: leave it out here` });
    }
  });
  return limit ? distinct.max(limit.most, tooMany(limit)) : distinct;
}

/** In words, that there are more than AWS takes. */
export function tooMany({ most, what }: CountLimit): string {
  return `expected at most ${most} ${what}`;
}

/**
 * EventBridge's own words, the unit in the singular after 1; it has no rate below a minute. Source: EventBridge Scheduler
 * User Guide, "Rate-based schedules".
 */
export const rate = z
  .string()
  .regex(/^rate\((1 (minute|hour)|([2-9]|[1-9]\d+) (minutes|hours))\)$/, {
    error: 'expected for example "rate(1 minute)" or "rate(5 minutes)"',
    abort: true,
  })
  .refine((text) => {
    const [, value, unit] = /^rate\((\d+) (minute|hour)/.exec(text) ?? [];
    return Number(value) / (unit === "minute" ? 60 : 1) <= longestRateHours;
  }, `expected at most ${longestRateHours} hours: CloudWatch could not see that a slower schedule stands still`);

/** An auth config of an account in RingCX. */
export const authConfig = z
  .string()
  .regex(/^[^/\s]+\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, "expected an auth config as accountId/uuid");

/** A RingCX account, as messages name it. */
export const ringcxAccountId = z
  .string()
  .regex(/^(0|[1-9]\d*)$/, "an accountId is a string of digits without leading zeros, as RingCX shows it")
  .max(20, "an accountId has at most 20 digits");

/** Where a service of RingCentral's is: scheme, host and port. Plain HTTP only to one's own machine. */
export const origin = z
  .string()
  .refine(
    (text) => isOrigin(URL.parse(text)),
    "expected a URL of a host alone, such as https://ringcx.ringcentral.com, without path, query and user",
  )
  .transform((text) => URL.parse(text)?.origin ?? text);

function isOrigin(url: URL | null): boolean {
  if (url?.pathname !== "/" || url.search || url.hash || url.username || url.password) return false;
  const isOwnMachine = /^(localhost|127\.[\d.]+|\[::1\])$/.test(url.hostname);
  return url.protocol === "https:" || (url.protocol === "http:" && isOwnMachine);
}

/** A host as a URL has it, in lower case and with its port if that is not the scheme's own; `*.` before it is any name below it. */
export const host = z
  .string()
  .check(({ value, issues }) => {
    const problem = hostPatternProblem(value);
    if (problem === undefined) return;
    const message = `expected a host such as api.example.com, *.example.com or api.example.com:8443, without https:// and path; ${problem}`;
    issues.push({ code: "custom", message, input: value });
  })
  .transform((text) => text.toLowerCase());

/**
 * Where notices go: an e-mail address, or an HTTPS URL (PagerDuty, Opsgenie, a webhook that confirms to SNS). SNS and CDK
 * know the scheme in lower case only. Source: Amazon SNS API Reference, "Subscribe": Endpoint.
 */
export const endpoint = z
  .string()
  .refine(
    (text) => z.email().safeParse(text).success || z.url({ protocol: /^https$/ }).safeParse(text).success,
    // Which of the two it is decides what is made: no token can say it.
    "expected an e-mail address or an https:// URL",
  )
  .transform((text) => text.replace(/^https:/i, "https:"));

/** Which sender may send for which accounts: whole ids, so that no id is the beginning of another's. */
export const senders = z
  .array(
    z
      .strictObject({
        /** The unique id of a user or role: `AIDA...`, `AROA...`. */
        senderId: z.string().check(({ value, issues }) => {
          const { pattern, expected } = textLimits.uniqueId;
          if (pattern.test(value) || isToken(value)) return;
          const [id = ""] = value.split(":", 1);
          const hint = pattern.test(id)
            ? `write ${id}: it stands for every session of the role, whose name its user chooses`
            : "aws iam get-role --role-name NAME --query Role.RoleId, or aws iam get-user --user-name NAME --query User.UserId, says it; the beginning of an id no longer counts";
          issues.push({ code: "custom", message: expected, params: { hint }, input: value });
        }),
        /** RingCX sub-accounts that it may change. */
        accountIds: list(ringcxAccountId).min(1, "is empty: name at least one account that it may change").optional(),
        /** Connections all of whose accounts it may change, those that are added later as well. Of many accounts there is room for no list. */
        connections: list(z.string()).min(1, "is empty: name at least one connection, or leave it out").optional(),
      })
      .refine(
        ({ accountIds, connections }) => accountIds !== undefined || connections !== undefined,
        "name the accounts that it may change: accountIds, or connections",
      ),
  )
  .superRefine((all, context) => {
    const ids = all.map(({ senderId }) => senderId);
    for (const [index, id] of ids.entries()) {
      const first = ids.indexOf(id);
      if (first === index) continue;
      const message = `is at [${first}] already: name all its accounts there`;
      context.addIssue({ code: "custom", path: [index, "senderId"], message });
    }
  });

/** How long a log is kept, in days. */
export const logRetention = z
  .int()
  .refine(
    (days) => logRetentionDays.includes(days),
    `CloudWatch Logs knows these periods only: ${logRetentionDays.join(", ")}`,
  );

/** An AWS region of any partition, known to the installed CDK or not. */
export const region = z
  .string()
  .refine((text) => partitionOfRegion(text) !== undefined, "expected an AWS region such as eu-central-1");

import { isIP } from "node:net";
import * as z from "zod";
import { partitionOfRegion } from "../shared/primitives/aws-partition.ts";
import { hostPatternFault } from "../shared/primitives/host-pattern.ts";
import { isPublicAddress } from "../shared/primitives/public-address.ts";
import {
  type CountLimit,
  logRetentionDays,
  longestAlarmName,
  longestRateHours,
  type TextLimit,
  textLimits,
} from "./aws-limits.ts";
import { isToken } from "./token.ts";

/** A text as AWS takes it. */
export function limited({ pattern, expected, example }: TextLimit) {
  return z
    .string()
    .regex(pattern, expected)
    .meta({ examples: [example] });
}

/**
 * A text that goes into the template and nowhere else, so that it may be one that only the deployment knows: a reference to
 * another construct. What is compared, parsed or measured at synthesis is {@link limited}.
 */
export function reference({ pattern, expected, example }: TextLimit) {
  return z
    .string()
    .refine((text) => pattern.test(text) || isToken(text), expected)
    .meta({ examples: [example] });
}

// Format (bidi, zero width) and what fonts show as nothing; but for what scripts and emoji are written with, within a text.
const hidden = /(?!\u200c|\u200d|\ufe0e|\ufe0f)[\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]/u;
const hiddenAtAnEnd = /^(\u200c|\u200d|\ufe0e|\ufe0f)|(\u200c|\u200d)$/u;
const blankAtAnEnd = /^\p{Z}|\p{Z}$/u;

/**
 * A text that is compared with one of AWS's, as people see it: nothing in it is invisible, and no blanks are around it. An empty
 * one is said by itself.
 */
export function visible(text: z.ZodString) {
  return text.check(({ value, issues }) => {
    const message = issues.length > 0 || value === "" ? undefined : unseenIn(value);
    if (message !== undefined) issues.push({ code: "custom", message, input: value });
  });
}

/** What of a text nobody sees, in words. */
function unseenIn(text: string): string | undefined {
  if (!/[^\p{Z}\p{C}]/u.test(text)) return "has nothing in it that can be seen";
  if (/[\p{Zl}\p{Zp}]/u.test(text)) return "has a line separator";
  const [found] = hidden.exec(text) ?? hiddenAtAnEnd.exec(text) ?? [];
  if (found !== undefined) {
    const code = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    return `has an invisible character (U+${code}): leave it out`;
  }
  return blankAtAnEnd.test(text) ? "has a blank before or after it: leave it out" : undefined;
}

/** A list without doubles, and no longer than AWS takes. */
export function list<Item extends z.ZodType<string>>(item: Item, limit?: CountLimit) {
  // Also where one of them is wrong by itself.
  const distinct = z.array(item).superRefine(
    (values: readonly unknown[], context) => {
      for (const [index, value] of values.entries()) {
        const first = values.indexOf(value);
        if (first === index || typeof value !== "string") continue;
        const params = { hint: "leave it out here" };
        context.addIssue({ code: "custom", path: [index], message: `is at [${first}] already`, params });
      }
    },
    { when: ({ value }) => Array.isArray(value) },
  );
  return limit ? distinct.max(limit.most, tooMany(limit)) : distinct;
}

/** In words, that there are more than AWS takes. */
export function tooMany({ most, what }: CountLimit): string {
  return `expected at most ${most} ${what}`;
}

/**
 * A rate in EventBridge's own words: it has none below a minute, and the unit is in the singular after 1. Source: EventBridge
 * Scheduler User Guide, "Rate-based schedules".
 */
export const rate = z
  .string()
  .superRefine((text, context) => {
    const fault = rateFault(text);
    if (fault) context.addIssue({ code: "custom", message: fault.message, params: { hint: fault.hint } });
  })
  .meta({ examples: ["rate(5 minutes)"] });

/** What is wrong with a rate, and what to write where it can be seen what was meant. */
function rateFault(text: string): { message: string; hint?: string } | undefined {
  if (/^\s*(cron|at)\b/i.test(text)) {
    return {
      message:
        "expected a rate of whole minutes or hours: there is no cron here, as a schedule that stands still is told by its rate",
    };
  }
  const [, digits = "", unit = ""] = /^\s*(?:rate)?\s*\(?\s*0*(\d+)\s*(minute|hour|day)s?\s*\)?\s*$/i.exec(text) ?? [];
  const count = Number(digits);
  if (unit === "" || count === 0) return { message: "expected a rate of whole minutes or hours" };
  const [value, one] = unit.toLowerCase() === "day" ? [count * 24, "hour"] : [count, unit.toLowerCase()];
  if (value / (one === "minute" ? 60 : 1) > longestRateHours) {
    return {
      message: `expected at most ${longestRateHours} hours: CloudWatch could not see that a slower schedule stands still`,
    };
  }
  const meant = `rate(${value} ${one}${value === 1 ? "" : "s"})`;
  if (text === meant) return undefined;
  const message =
    "expected a rate of whole minutes or hours as EventBridge writes it, the unit in the singular after 1 and in the plural after more";
  return { message, hint: `write ${JSON.stringify(meant)}` };
}

/** An auth config of an account in RingCX. */
export const authConfig = z
  .string()
  .regex(/^[^/\s]+\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, "expected an auth config as accountId/uuid")
  .meta({ examples: ["123456/60629848-0ddf-4757-8868-de5b76d54bb7"] });

/** How the names of alarms begin. */
export const alarmNamePrefix = visible(
  z
    .string()
    .min(1)
    .max(longestAlarmName)
    .regex(/^\P{Cc}*$/u, "has a control character, which no alarm's name may have"),
).meta({ examples: ["crm-"] });

/** A RingCX account, as messages name it. */
export const ringcxAccountId = z
  .string()
  .regex(/^(0|[1-9]\d*)$/, "an accountId is a string of digits without leading zeros, as RingCX shows it")
  .max(20, "an accountId has at most 20 digits")
  .meta({ examples: ["123456"] });

/** Where a service of RingCentral's is: scheme, host and port. Plain HTTP only to one's own machine. */
export const origin = z
  .string()
  .refine((text) => isOrigin(URL.parse(text)), "expected a URL of a host alone, without path, query and user")
  .meta({ examples: ["https://ringcx.ringcentral.com"] })
  .transform((text) => URL.parse(text)?.origin ?? text);

function isOrigin(url: URL | null): boolean {
  if (url?.pathname !== "/" || url.port === "0" || url.search || url.hash || url.username || url.password) return false;
  const isOwnMachine = /^(localhost|127\.[\d.]+|\[::1\])$/.test(url.hostname);
  return url.protocol === "https:" || (url.protocol === "http:" && isOwnMachine);
}

/** A host as a URL has it, in lower case and with its port if that is not the scheme's own; `*.` before it is any name below it. */
export const host = z
  .string()
  .check(({ value, issues }) => {
    const fault = hostPatternFault(value);
    if (fault === undefined) return;
    const message = `expected a host (*.example.com for all below it, api.example.com:8443 with a port); ${fault.message}`;
    // In a list of texts each has its own.
    const hint = /[,;]/.test(value) ? "write a text for each host" : fault.mend;
    issues.push({ code: "custom", message, params: { hint }, input: value });
  })
  .meta({ examples: ["api.example.com"] })
  .transform((text) => text.toLowerCase());

/**
 * Where notices go: an e-mail address, or an HTTPS URL (PagerDuty, Opsgenie, a webhook that confirms to SNS). SNS and CDK
 * know the scheme in lower case only. A user with a password would stand in the template, and in the logical id of the
 * subscription. Source: Amazon SNS API Reference, "Subscribe": Endpoint.
 */
export const endpoint = z
  .string()
  .check(({ value, issues }) => {
    if (z.email().safeParse(value).success) return;
    const url = z.url({ protocol: /^https$/ }).safeParse(value).success ? URL.parse(value) : null;
    const written = /^https?:/i.test(value) ? unwritable(value) : undefined;
    if (written) {
      issues.push({ code: "custom", message: written.message, params: { hint: written.hint }, input: value });
    } else if (url === null) {
      // Which of the two it is decides what is made: no token can say it.
      issues.push({ code: "custom", message: "expected an e-mail address or an https:// URL", input: value });
    } else if (url.username !== "" || url.password !== "") {
      const message = "has a user or password in the URL, which everybody could read in the template";
      const hint =
        "leave this one out and subscribe it by hand once it is deployed: aws sns subscribe --protocol https --topic-arn, then the output PageTopicArn, TicketTopicArn or OutcomeTopicArn, --notification-endpoint URL";
      issues.push({ code: "custom", message, params: { hint }, input: value });
    } else if (value.includes("#")) {
      const message = "has a # in the URL, and what stands behind one is never sent";
      const hint = "leave out the # and what stands behind it";
      issues.push({ code: "custom", message, params: { hint }, input: value });
    } else if (isUnreachable(url.hostname)) {
      const message = "is a place that SNS cannot deliver to: it sends from the internet";
      const hint = "write a URL with a public host, or an e-mail address";
      issues.push({ code: "custom", message, params: { hint }, input: value });
    }
  })
  .meta({ examples: ["on-call@example.com"] })
  .transform((text) => text.replace(/^https:/i, "https:"));

/** Why SNS would not take a URL as it is written. */
function unwritable(value: string): { message: string; hint: string } | undefined {
  const port = /^https?:\/\/[^/?#]*:(\d+)(?=$|[/?#])/i.exec(value)?.[1];
  if (port !== undefined && Number(port) > 65_535) {
    return {
      message: `has the port ${port}, and the highest is 65535`,
      hint: "correct the port, or leave it out: then it is 443",
    };
  }
  if (port !== undefined && Number(port) === 0) {
    return {
      message: "has port 0, which nothing listens at",
      hint: "correct the port, or leave it out: then it is 443",
    };
  }
  if (/[^\x21-\x7e]/.test(value)) {
    const hint = "write it as it is sent: %20 for a blank, a host in its ASCII form (xn--...)";
    return { message: "has a blank or a character that no URL has", hint };
  }
  return /^http:/i.test(value)
    ? {
        message: "expected an https:// URL: over http whoever is on the way reads along",
        hint: "write https:// instead, or an e-mail address",
      }
    : undefined;
}

/** Whether nothing on the internet can have the host of a URL: an address that is not public, or a name without a domain. */
export function isUnreachable(hostname: string): boolean {
  const address = hostname.replace(/^\[|\]$/g, "");
  if (isIP(address) !== 0) return !isPublicAddress(address);
  return !hostname.includes(".") || /\.localhost\.?$/.test(hostname);
}

const sender = z
  .strictObject({
    /** The unique id of a user or role: `AIDA...`, `AROA...`. */
    senderId: z
      .string()
      .check(({ value, issues }) => {
        const { pattern, expected } = textLimits.uniqueId;
        if (pattern.test(value) || isToken(value)) return;
        const [id = ""] = value.split(":", 1);
        const hint = pattern.test(id)
          ? `write ${id}: it stands for every session of the role, whose name its user chooses`
          : "aws iam get-role --role-name NAME --query Role.RoleId, or aws iam get-user --user-name NAME --query User.UserId, says it; the beginning of an id no longer counts";
        issues.push({ code: "custom", message: expected, params: { hint }, input: value });
      })
      .meta({ examples: [textLimits.uniqueId.example] }),
    /** RingCX sub-accounts that it may change. */
    accountIds: list(ringcxAccountId).min(1, "is empty: name at least one account that it may change").optional(),
    /** Connections all of whose accounts it may change, those that are added later as well. Of many accounts there is room for no list. */
    connections: list(z.string().meta({ examples: ["main"] }))
      .min(1, "is empty: name at least one connection, or leave it out")
      .optional(),
  })
  .superRefine(
    ({ accountIds, connections }, context) => {
      if (accountIds !== undefined || connections !== undefined) return;
      context.addIssue({ code: "custom", message: "names no accounts that it may change: accountIds, or connections" });
    },
    { when: ({ value }) => typeof value === "object" && value !== null },
  )
  .meta({ examples: [{ senderId: textLimits.uniqueId.example, accountIds: ["123456"] }] });

/** Which sender may send for which accounts: whole ids, so that no id is the beginning of another's. */
export const senders = z.array(sender).superRefine(
  (all: readonly (z.input<typeof sender> | null | undefined)[], context) => {
    const ids = all.map((each) => each?.senderId);
    for (const [index, id] of ids.entries()) {
      const first = ids.indexOf(id);
      if (first === index || typeof id !== "string") continue;
      const params = { hint: "name all its accounts there" };
      const path = [index, "senderId"];
      context.addIssue({ code: "custom", path, message: `is at [${first}] already`, params });
    }
  },
  { when: ({ value }) => Array.isArray(value) },
);

/** How long a log is kept, in days. */
export const logRetention = z
  .literal(logRetentionDays, `CloudWatch Logs knows these periods only: ${logRetentionDays.join(", ")}`)
  .meta({ examples: [90] });

/** An AWS region of any partition, known to the installed CDK or not: new ones come, and one that is not known is warned of. */
export const region = z
  .string()
  .refine((text) => partitionOfRegion(text) !== undefined, "expected an AWS region")
  .meta({ examples: ["eu-central-1"] });

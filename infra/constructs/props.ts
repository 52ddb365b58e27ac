import type { Duration } from "aws-cdk-lib";
import type { IFunctionRef } from "aws-cdk-lib/aws-lambda";
import { distance } from "fastest-levenshtein";
import * as z from "zod";
import { outcomeStatusSchema } from "../../shared/contract/outcome.ts";
import { authTypes } from "../../shared/ringcx/resources/auth-config.ts";
import { durationMs } from "../../shared/secrets/secret-tags.ts";
import { propLimits, textLimits } from "../aws-limits.ts";
import { alarmNamePrefix, host, limited, list, reference, ringcxAccountId } from "../environment-fields.ts";
import { isToken } from "../token.ts";
import { durationTag } from "./building-blocks/duration-tag.ts";

// What each construct and method of the package takes, besides an automation's settings.

/** Something of CDK's, known by what it can do: two copies of CDK have two classes. */
function having<Value>(field: string, expected: string) {
  return z.custom<Value>((value) => typeof value === "object" && value !== null && field in value, expected);
}

/** A function of AWS Lambda, made here or imported. */
export const lambdaFunction = having<object>("functionArn", "expected a Lambda function, such as `new Function(...)`");

/** A role, a user, or something that has one. */
export const grantee = having<object>("grantPrincipal", "expected a role, a user, or a function that has a role");

/** Longest schedule that Secrets Manager takes. */
export const maxRuleDays = 1000;

const duration = having<Duration>("toMinutes", "expected a Duration, such as Duration.days(30)").refine(
  (value) => durationMs(durationTag(value)) !== undefined,
  "expected whole minutes, one at least",
);

const arnOf = (value: unknown) => (value as IFunctionRef | undefined)?.functionRef?.functionArn;

const minutes = (value: unknown) => duration.safeParse(value).data?.toMinutes();

const authConfigOf = z
  .string()
  .refine(
    (text) => z.uuid().safeParse(text.replace(/^\d+\//, "")).success,
    "must be a UUID, with several accounts accountId/UUID",
  );

const rotationPlan = z
  .strictObject({
    rotationFunctionArn: reference(textLimits.functionArn),
    issuer: z.custom<"random" | IFunctionRef>(
      (value) => value === "random" || reference(textLimits.functionArn).safeParse(arnOf(value)).success,
      'expected "random" or a Lambda function',
    ),
    every: duration
      .refine(
        (value) => value.toDays({ integral: false }) < maxRuleDays,
        `must be less than ${maxRuleDays} days: Secrets Manager's own schedule knows no longer one`,
      )
      .optional(),
    overlap: duration.optional(),
    firstCredentialId: z.string().min(1).regex(textLimits.tagValue.pattern, textLimits.tagValue.expected).optional(),
  })
  .superRefine(
    ({ every, overlap }, { addIssue }) => {
      if ((minutes(overlap) ?? 0) < (minutes(every) ?? Number.POSITIVE_INFINITY)) return;
      addIssue({ code: "custom", path: ["overlap"], message: "must be shorter than rotation.every" });
    },
    { when: ({ value }) => typeof value === "object" && value !== null },
  );

/** Of `RotatedAuthSecret`. */
export const rotatedAuthSecretProps = z.strictObject({
  secretName: reference(propLimits.secretName).optional(),
  connection: limited(textLimits.name),
  environment: limited(textLimits.name).optional(),
  accountIds: list(ringcxAccountId).min(1, "is empty: nothing may be sent the credential"),
  hosts: list(host).optional(),
  authConfigs: z.strictObject({ authType: z.enum(authTypes), ids: list(authConfigOf).min(1, "is empty") }).optional(),
  rotation: rotationPlan.optional(),
  rotateWithin: duration.optional(),
  proveWithin: duration.optional(),
  encryptionKey: having("keyArn", "expected a key of KMS, such as `new Key(...)`").optional(),
});

const positiveId = z.int("expected a whole number").min(1, "expected a number above 0");

/** Of `ServiceHealth`; the rest is the alarm's, and CDK's to know. */
export const serviceHealthProps = z
  .looseObject({
    metric: having("toMetricConfig", "expected a metric, such as `new Metric({ ... })`"),
    threshold: z.number(),
    evaluationPeriods: z.number(),
    services: z
      .array(z.strictObject({ accountId: ringcxAccountId, serviceGroupId: positiveId, serviceId: positiveId }))
      .superRefine((services, { addIssue }) => {
        const ids = services.map((each) => Object.values(each).join("/"));
        for (const [index, each] of ids.entries()) {
          const first = ids.indexOf(each);
          if (first !== index) addIssue({ code: "custom", path: [index], message: `is at [${first}] already` });
        }
      })
      .optional(),
  })
  .superRefine(
    (props, { addIssue }) => {
      for (const name of Object.keys(props)) {
        if (name === "services" || distance(name.toLowerCase(), "services") > 2) continue;
        const params = { hint: "did you mean services?" };
        addIssue({ code: "custom", path: [name], message: "is not a known field", params });
      }
    },
    { when: ({ value }) => typeof value === "object" && value !== null },
  );

/** Of `AlarmForwarding`. */
export const alarmForwardingProps = z.strictObject({
  eventBusArn: reference(propLimits.eventBusArn),
  alarmNamePrefixes: list(alarmNamePrefix).min(1, "expected at least one, or leave it out: then all count").optional(),
});

/** Of an automation that another app made: all of one AWS account and region. */
export const automationAttributes = z
  .strictObject({
    name: limited(textLimits.name),
    provisioningQueueArn: reference(propLimits.fifoQueueArn),
    commandQueueArn: reference(propLimits.queueArn),
    outcomeTopicArn: reference(propLimits.topicArn),
    keyArn: reference(propLimits.keyArn),
  })
  .superRefine(({ name: _, provisioningQueueArn, ...others }, { addIssue }) => {
    if (isToken(provisioningQueueArn)) return;
    const place = placeOf(provisioningQueueArn);
    for (const [field, arn] of Object.entries(others)) {
      if (isToken(arn) || placeOf(arn) === place) continue;
      const message = `is of ${placeOf(arn)}, and provisioningQueueArn of ${place}: they are not of one automation`;
      addIssue({ code: "custom", path: [field], message });
    }
  });

/** Partition, region and AWS account of an ARN. */
function placeOf(arn: string): string {
  const [, partition, , region, account] = arn.split(":");
  return `${partition}:${region}:${account}`;
}

/** Of `onOutcome`. */
export const outcomeOptions = z.strictObject({
  statuses: list(outcomeStatusSchema).min(1, "expected at least one, or leave it out: then all are told").optional(),
});

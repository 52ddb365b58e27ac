import * as z from "zod";
import { isSameName } from "../primitives/same-name.ts";
import { incomingEventSchema } from "./cloud-event.ts";
import { writtenUrl } from "./fields/endpoint-url.ts";
import { headerName, serviceHeadersSchema } from "./fields/headers.ts";
import { healthSchema } from "./fields/health.ts";
import { accountIdSchema, nameSchema, secretIdSchema } from "./fields/names.ts";
import { refuse } from "./fields/refuse.ts";
import { validationSchema } from "./fields/validation.ts";

const overridesSchema = z.strictObject({
  urls: z
    .array(
      z.strictObject({
        from: writtenUrl.describe("Beginning of a URL at the source, as it is written."),
        to: writtenUrl.describe("What stands in its place at the target."),
      }),
    )
    .max(50)
    .optional()
    .describe(
      "Beginnings of URLs that are replaced, of the services and of their validations; the longest that fits wins.",
    ),
  headers: serviceHeadersSchema
    .optional()
    .describe(`Headers that are set in every service. ${serviceHeadersSchema.description}`),
  withoutHeaders: z
    .array(headerName)
    .max(50)
    .optional()
    .describe("Headers that are left out of every service: a credential in one does not travel."),
  authConfigs: z
    .array(
      z.strictObject({
        from: nameSchema.describe("Its providerName at the source."),
        providerName: nameSchema.optional().describe("Its providerName at the target. Without it: the same."),
        secretId: secretIdSchema
          .optional()
          .describe(
            "Name or ARN of the secret that feeds it at the target; without it the target must have the auth config already.",
          ),
      }),
    )
    .max(50)
    .optional()
    .describe("What takes the place of auth configs of the source."),
  isEnabled: z
    .boolean()
    .optional()
    .describe(
      "Whether the copies should be active. Without it a new copy stays inactive, whatever its source is, and one that exists stays as it is.",
    ),
  isDebug: z.boolean().optional().describe("RingCX's own field of the service. Without it: as at the source."),
  validation: validationSchema
    .optional()
    .describe("The request that proves the endpoint. Without it: that of the source, as far as a message declared it."),
  health: healthSchema
    .optional()
    .describe(
      "How failover watches the copies. Without it: by the defaults; alarms speak for one environment and are not copied.",
    ),
});
/** What a copy has other than its source. */
export type Overrides = z.output<typeof overridesSchema>;

/** The data of `ringcx.copy.v1`. */
export const copyDataSchema = z
  .strictObject({
    accountId: accountIdSchema.describe("The RingCX account of the target, a string of digits."),
    dryRun: z
      .boolean()
      .default(false)
      .describe("Answer with the difference between source and target, and do nothing. Without it: false."),
    from: z
      .strictObject({
        accountId: accountIdSchema
          .optional()
          .describe("The RingCX account of the source. Without it: the target's, which makes a clone."),
        groupName: nameSchema.describe("Name of the group that is copied."),
        serviceDescription: nameSchema
          .optional()
          .describe("Name of the one service that is copied. Without it: every service of the group."),
      })
      .describe("What is copied."),
    to: z
      .strictObject({
        groupName: nameSchema.optional().describe("Name of the group at the target. Without it: the source's."),
        serviceDescription: nameSchema
          .optional()
          .describe("The new name; for one service only. Without it: the source's."),
      })
      .default({})
      .describe("Where it comes to stand. Without it: under the same names."),
    overrides: overridesSchema.default({}).describe("What the copies have other than their source."),
    adopt: z
      .boolean()
      .optional()
      .describe(
        "Take over what exists at the target already and was not made by a copy of the same source. Without it: false.",
      ),
  })
  .superRefine(({ accountId, from, to }, context) => {
    if (to.serviceDescription !== undefined && from.serviceDescription === undefined) {
      const message = "names one service, but every service of the group is copied";
      const hint = "name the one in from.serviceDescription";
      refuse(context, { path: ["to", "serviceDescription"], message, hint });
    }
    const isSamePlace =
      (from.accountId ?? accountId) === accountId &&
      isSameName(to.groupName ?? from.groupName, from.groupName) &&
      (to.serviceDescription === undefined || isSameName(to.serviceDescription, from.serviceDescription));
    if (isSamePlace) {
      const message = "source and target are the same";
      refuse(context, { path: ["to"], message, hint: "give another account, group or serviceDescription" });
    }
  });

/** Services as they are elsewhere: a clone within an account, a promotion to another. Ids never travel. */
export const copyMessageSchema = incomingEventSchema.extend({
  type: z.literal("ringcx.copy.v1").describe("A message that clones services or brings them to another account."),
  data: copyDataSchema.describe("What is copied where, and what of it is to be another there."),
});
/** A message that clones services or brings them to another account. */
export type CopyMessage = z.output<typeof copyMessageSchema>;

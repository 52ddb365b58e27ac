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
  /** Beginnings of URLs, as they are written, that are replaced, of the services and of their validations; the longest that fits wins. */
  urls: z
    .array(z.strictObject({ from: writtenUrl, to: writtenUrl }))
    .max(50)
    .optional(),
  /** Headers that are set in every service. */
  headers: serviceHeadersSchema.optional(),
  /** Headers that are left out of every service: a credential in one does not travel. */
  withoutHeaders: z.array(headerName).max(50).optional(),
  /** What takes the place of an auth config of the source. */
  authConfigs: z
    .array(
      z.strictObject({
        /** Its `providerName` at the source. */
        from: nameSchema,
        /** Its `providerName` at the target. @default the same */
        providerName: nameSchema.optional(),
        /** The secret that feeds it at the target; without it the target must have the auth config already. */
        secretId: secretIdSchema.optional(),
      }),
    )
    .max(50)
    .optional(),
  isEnabled: z.boolean().optional(),
  isDebug: z.boolean().optional(),
  /** @default that of the source, as far as a message declared it */
  validation: validationSchema.optional(),
  /** Alarms speak for one environment and are not copied. @default none */
  health: healthSchema.optional(),
});
/** What a copy has other than its source. */
export type Overrides = z.output<typeof overridesSchema>;

/** The data of `ringcx.copy.v1`. */
export const copyDataSchema = z
  .strictObject({
    /** The target. */
    accountId: accountIdSchema,
    /** Answer with the difference between source and target, and do nothing. @default false */
    dryRun: z.boolean().default(false),
    from: z.strictObject({
      /** @default the target's: a clone */
      accountId: accountIdSchema.optional(),
      groupName: nameSchema,
      /** @default every service of the group */
      serviceDescription: nameSchema.optional(),
    }),
    to: z
      .strictObject({
        /** @default the source's */
        groupName: nameSchema.optional(),
        /** The new name; for one service only. @default the source's */
        serviceDescription: nameSchema.optional(),
      })
      .default({}),
    overrides: overridesSchema.default({}),
    /** Take over what exists at the target already and was not made by a copy of the same source. @default false */
    adopt: z.boolean().optional(),
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
  type: z.literal("ringcx.copy.v1"),
  data: copyDataSchema,
});
/** A message that clones services or brings them to another account. */
export type CopyMessage = z.output<typeof copyMessageSchema>;

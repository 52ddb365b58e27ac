import * as z from "zod";
import { authTypes } from "../ringcx/resources/auth-config.ts";
import { incomingEventSchema } from "./cloud-event.ts";
import { accountIdSchema, nameSchema, secretIdSchema } from "./fields/names.ts";
import { refuse } from "./fields/refuse.ts";
import { httpServiceManifestSchema } from "./http-service.ts";

/** Most resources of one message. */
export const mostResources = 200;

/** Remote HTTP Service APIs, "Manage Service Groups". Found by `groupName`. */
export const groupManifestSchema = z.strictObject({
  kind: z.literal("httpServiceGroup"),
  groupName: nameSchema,
  /** The name that it has now, if it is to get another. */
  previousName: nameSchema.optional(),
  isDefault: z.boolean().optional(),
  /** Take over a group that exists already and was not made by a message. @default false */
  adopt: z.boolean().optional(),
});
/** A service group as a message declares it, complete. */
export type GroupManifest = z.output<typeof groupManifestSchema>;

/** Remote HTTP Service APIs, "External Auth Configurations". Found by `providerName`. */
export const authConfigManifestSchema = z.strictObject({
  kind: z.literal("authConfig"),
  providerName: nameSchema,
  authType: z.enum(authTypes),
  description: z.string().max(1_000).optional(),
  /** The secret that holds the credential, as JSON in RingCX's field names of the type. */
  secretId: secretIdSchema,
  /** Take over an auth config that exists already and was not made by a message. @default false */
  adopt: z.boolean().optional(),
});
/** An auth config as a message declares it, complete. */
export type AuthConfigManifest = z.output<typeof authConfigManifestSchema>;

/** One resource of an apply message. */
export const manifestSchema = z
  .discriminatedUnion("kind", [groupManifestSchema, authConfigManifestSchema, httpServiceManifestSchema])
  .superRefine((manifest, context) => {
    if (manifest.kind !== "httpService" || manifest.health?.watch !== "probe") return;
    if (manifest.validation !== undefined && manifest.validation.method !== "POST") return;
    refuse(context, {
      path: ["health", "watch"],
      message: "has no request to ask with: a validation by GET or HEAD",
      hint: "declare the validation in the same message; one by POST could create data each minute",
    });
  });
/** One resource of an apply message, complete. */
export type Manifest = z.output<typeof manifestSchema>;

/** The data of `ringcx.apply.v1`. */
export const applyDataSchema = z.strictObject({
  accountId: accountIdSchema,
  /** Answer with what would be done, and do nothing. @default false */
  dryRun: z.boolean().default(false),
  resources: z
    .array(manifestSchema)
    .min(1, "expected at least one resource")
    .max(mostResources, `expected at most ${mostResources} resources`),
});

/** What should exist. Sent again it changes nothing. */
export const applyMessageSchema = incomingEventSchema.extend({
  type: z.literal("ringcx.apply.v1"),
  data: applyDataSchema,
});
/** A message that declares what should exist. */
export type ApplyMessage = z.output<typeof applyMessageSchema>;

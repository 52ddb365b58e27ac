import * as z from "zod";
import { authTypes } from "../ringcx/resources/auth-config.ts";
import { incomingEventSchema } from "./cloud-event.ts";
import { accountIdSchema, nameSchema, secretIdSchema } from "./fields/names.ts";
import { refuse } from "./fields/refuse.ts";
import { httpServiceManifestSchema } from "./http-service.ts";

/** Most resources of one message. */
export const mostResources = 200;

/** What `adopt` says of a resource. */
const adoptIs = (resource: string) =>
  `Take over ${resource} that exists already and was not made by a message. Without it: false.`;

/** Remote HTTP Service APIs, "Manage Service Groups". Found by `groupName`. */
export const groupManifestSchema = z.strictObject({
  kind: z.literal("httpServiceGroup").describe("A group of services."),
  groupName: nameSchema.describe("Name of the group, by which it is found."),
  previousName: nameSchema.optional().describe("The name that it has now, if it is to get another."),
  isDefault: z.boolean().optional().describe("RingCX's own field of the group; without it that is left as it is."),
  adopt: z.boolean().optional().describe(adoptIs("a group")),
});
/** A service group as a message declares it, complete. */
export type GroupManifest = z.output<typeof groupManifestSchema>;

/** Remote HTTP Service APIs, "External Auth Configurations". Found by `providerName`. */
export const authConfigManifestSchema = z.strictObject({
  kind: z.literal("authConfig").describe("A credential that RingCX keeps for services."),
  providerName: nameSchema.describe("Name of the auth config, by which it is found."),
  authType: z.enum(authTypes).describe("What kind of credential it is; another kind is another auth config."),
  description: z.string().max(1_000).optional().describe("What it is for, as RingCX shows it."),
  secretId: secretIdSchema.describe(
    "Name or ARN of the secret that holds the credential, as JSON in RingCX's field names of the type. Never its value.",
  ),
  adopt: z.boolean().optional().describe(adoptIs("an auth config")),
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
  accountId: accountIdSchema.describe("The RingCX account that they belong to, a string of digits."),
  dryRun: z.boolean().default(false).describe("Answer with what would be done, and do nothing. Without it: false."),
  resources: z
    .array(manifestSchema)
    .min(1, "expected at least one resource")
    .max(mostResources, `expected at most ${mostResources} resources`)
    .describe("What should exist, each once. What is not named stays as it is."),
});

/** What should exist. Sent again it changes nothing. */
export const applyMessageSchema = incomingEventSchema.extend({
  type: z.literal("ringcx.apply.v1").describe("A message that declares what should exist."),
  data: applyDataSchema.describe("What should exist, and in which account."),
});
/** A message that declares what should exist. */
export type ApplyMessage = z.output<typeof applyMessageSchema>;

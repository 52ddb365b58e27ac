import * as z from "zod";
import { mostResources } from "./apply.ts";
import { incomingEventSchema } from "./cloud-event.ts";
import { accountIdSchema, nameSchema } from "./fields/names.ts";

const adopt = z.boolean().optional().describe("Also one that was not made by a message. Without it: false.");

/** A service that is taken out of use for good. */
export const retiredServiceSchema = z.strictObject({
  kind: z.literal("httpService").describe("A service."),
  groupName: nameSchema.describe("Name of the service's group, as RingCX has it."),
  serviceDescription: nameSchema.describe("Description of the service, as RingCX has it: its name."),
  delete: z
    .enum(["inputs", "service"])
    .optional()
    .describe(
      "How far it goes beyond deactivating: inputs deletes its inputs, service the service with them. RingCX refuses to delete what a workflow refers to. Without it nothing is deleted.",
    ),
  adopt,
});
/** A service to be taken out of use. */
export type RetiredService = z.output<typeof retiredServiceSchema>;

/** An auth config that is deleted. RingCX refuses while a service refers to it. */
export const retiredAuthConfigSchema = z.strictObject({
  kind: z.literal("authConfig").describe("An auth config."),
  providerName: nameSchema.describe("The auth config's providerName, as RingCX has it."),
  adopt,
});
/** An auth config to be deleted. */
export type RetiredAuthConfig = z.output<typeof retiredAuthConfigSchema>;

/** The data of `ringcx.retire.v1`. */
export const retireDataSchema = z.strictObject({
  accountId: accountIdSchema.describe("The RingCX account, a string of digits."),
  dryRun: z.boolean().default(false).describe("Answer with what would be done, and do nothing."),
  resources: z
    .array(z.discriminatedUnion("kind", [retiredServiceSchema, retiredAuthConfigSchema]))
    .min(1, "expected at least one resource")
    .max(mostResources, `expected at most ${mostResources} resources`)
    .describe("What should no longer be used."),
});

/** What should no longer be used. Sent again it changes nothing. A group cannot be deleted: RingCX has no such call. */
export const retireMessageSchema = incomingEventSchema.extend({
  type: z.literal("ringcx.retire.v1").describe("A message that names what should no longer be used."),
  data: retireDataSchema.describe("What should no longer be used, and in which account."),
});
/** A message that names what should no longer be used. */
export type RetireMessage = z.output<typeof retireMessageSchema>;

import * as z from "zod";
import { mostResources } from "./apply.ts";
import { incomingEventSchema } from "./cloud-event.ts";
import { accountIdSchema, nameSchema } from "./fields/names.ts";

const adopt = z.boolean().optional();

/** A service that is taken out of use for good. */
export const retiredServiceSchema = z.strictObject({
  kind: z.literal("httpService"),
  groupName: nameSchema,
  serviceDescription: nameSchema,
  /**
   * How far it goes beyond deactivating: `inputs` deletes its inputs, `service` the service with them. RingCX refuses
   * to delete what a workflow refers to. @default nothing is deleted
   */
  delete: z.enum(["inputs", "service"]).optional(),
  /** Also one that was not made by a message. @default false */
  adopt,
});
/** A service to be taken out of use. */
export type RetiredService = z.output<typeof retiredServiceSchema>;

/** An auth config that is deleted. RingCX refuses while a service refers to it. */
export const retiredAuthConfigSchema = z.strictObject({
  kind: z.literal("authConfig"),
  providerName: nameSchema,
  /** Also one that was not made by a message. @default false */
  adopt,
});
/** An auth config to be deleted. */
export type RetiredAuthConfig = z.output<typeof retiredAuthConfigSchema>;

/** The data of `ringcx.retire.v1`. */
export const retireDataSchema = z.strictObject({
  accountId: accountIdSchema,
  /** Answer with what would be done, and do nothing. @default false */
  dryRun: z.boolean().default(false),
  resources: z
    .array(z.discriminatedUnion("kind", [retiredServiceSchema, retiredAuthConfigSchema]))
    .min(1, "expected at least one resource")
    .max(mostResources, `expected at most ${mostResources} resources`),
});

/** What should no longer be used. Sent again it changes nothing. A group cannot be deleted: RingCX has no such call. */
export const retireMessageSchema = incomingEventSchema.extend({
  type: z.literal("ringcx.retire.v1"),
  data: retireDataSchema,
});
/** A message that names what should no longer be used. */
export type RetireMessage = z.output<typeof retireMessageSchema>;

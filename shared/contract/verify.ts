import * as z from "zod";
import { incomingEventSchema } from "./cloud-event.ts";
import { accountIdSchema, nameSchema } from "./fields/names.ts";

/** A question of a person: does the credential of an auth config work now? Nothing is changed for it. */
export const verifySchema = incomingEventSchema.extend({
  type: z.literal("ringcx.verify.v1").describe("A question about one auth config's credential."),
  data: z
    .strictObject({
      accountId: accountIdSchema.describe("The RingCX account that has the auth config, a string of digits."),
      providerName: nameSchema.describe("The auth config's providerName, as a message has made or taken it over."),
      by: z.string().min(1).max(200).describe("Who asks; the outcome names them."),
    })
    .describe("Which auth config, and who asks."),
});
/** A question about one auth config's credential. */
export type Verify = z.output<typeof verifySchema>;

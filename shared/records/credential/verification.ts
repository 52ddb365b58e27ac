import * as z from "zod";

/** How well it is proven that RingCX has a credential that works. */
export const proofSchema = z.enum([
  /** The endpoint accepted it, placed as a manifest declares. */
  "endpoint",
  /** RingCX took it for the auth config that was meant. */
  "metadata",
  "none",
]);
export type Proof = z.output<typeof proofSchema>;

import * as z from "zod";
import { longestWaits } from "../primitives/longest-waits.ts";

/** Which endpoints may be asked, and for how long. */
export const probeSettingsSchema = z.strictObject({
  /** `crm.example.com` (the scheme's own port), `crm.example.com:8443`, `*.example.com` (any name below it). */
  allowedHosts: z.array(z.string().min(1)).default([]),
  /** Loopback, private and unique local addresses: for a system on one machine only. @default false */
  allowPrivateAddresses: z.boolean().default(false),
  /** Plain http: for a system on one machine only. @default false */
  allowHttp: z.boolean().default(false),
  /** Bound of each request, in milliseconds. @default 5000 */
  timeoutMs: z.int().min(1).default(longestWaits.endpointAnswerMs),
  /** Longest answer that is read, in bytes. @default 65536 */
  maxBytes: z.int().min(1).default(65_536),
});

/** The settings of the probe, complete. */
export type ProbeSettings = z.output<typeof probeSettingsSchema>;

import * as z from "zod";
import { probeSettingsSchema } from "../../shared/probe/probe-settings.ts";
import { baseSettings } from "../../shared/runtime/dependencies.ts";
import { json } from "../../shared/runtime/settings.ts";

/** Tunables of rotation, of the setting `rotation`. */
const rotationTunablesSchema = z.object({
  /** Functions that issue credentials; a secret can name no other. @default none */
  issuerFunctionArns: z.array(z.string()).default([]),
  /** What is done about a service that is called with a secret that does not allow it. @default "report" */
  onViolation: z.enum(["report", "deactivate"]).default("report"),
  /** What is done about an auth config that somebody else changed in RingCX. @default "report" */
  onChange: z.enum(["report", "rewrite"]).default("report"),
  /** Auth configs, as `accountId/uuid`, that keep a secret's value without being followed, on purpose. @default none */
  unmanagedAuthConfigs: z.array(z.string()).default([]),
  /** What becomes of a version that no endpoint has accepted. */
  unproven: z
    .object({
      /** @default "wait" */
      couldNotBeAsked: z.enum(["wait", "keep", "write"]).default("wait"),
      /** @default "write" */
      notProvable: z.enum(["keep", "write"]).default("write"),
    })
    .prefault({}),
});

/** The environment of both functions. */
export const rotationSettings = baseSettings.extend({
  ROTATION: json(rotationTunablesSchema).prefault("{}"),
  PROBE: json(probeSettingsSchema).prefault("{}"),
});

import * as z from "zod";
import { foundationSettings } from "../../shared/foundation.ts";
import { json } from "../../shared/runtime/settings.ts";

/** Tunables of rotation, from `infra/environments.ts`. */
export const rotationTunablesSchema = z.object({});

/** The environment of both functions. */
export const rotationSettings = foundationSettings.extend({
  ROTATION: json(rotationTunablesSchema).prefault("{}"),
});

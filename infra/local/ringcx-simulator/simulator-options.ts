import * as z from "zod";
import { ringcxAccountId } from "../../environment-fields.ts";
import { allPermissions, type Permission } from "./access/permissions.ts";
import type { WindowKind } from "./access/rate-limit.ts";
import type { Profile } from "./assumptions/catalogue.ts";
import type { Seed } from "./seed.ts";

/** How to start a simulator. Everything has a default. */
export interface SimulatorOptions {
  /** Port on loopback. @default 0 (any free one) */
  port?: number;
  /** Requests in a window. @default 120 */
  limit?: number;
  /** Length of the window in milliseconds. @default 60000 */
  windowMs?: number;
  /** How requests are counted, e.g. in windows of another phase. @default the profile's `rate.window` */
  window?: WindowKind;
  /** Token exchanges in a minute. @default 5 */
  exchangeLimit?: number;
  /** Life of an access token in milliseconds. @default the profile's `tokens.life` */
  tokenLifeMs?: number;
  /** Ids of the sub-accounts; the first is `accountId`. @default ["123456"] */
  accounts?: readonly string[];
  /** What the accounts hold at first; it may bring accounts of its own. */
  seed?: Seed;
  /** How it behaves where the documentation is silent: answers of the catalogue. @default each one's default */
  profile?: Partial<Profile>;
  /** Short for the answers "kept" and "dropped" of `services.authLink`. */
  v1AuthLink?: boolean;
  /** What the user may do. @default everything */
  permissions?: readonly Permission[];
  /** Epoch milliseconds. @default Date.now */
  now?: () => number;
}

const positive = z.number().positive("expected a number above 0");

/** Options as they are checked. The seed and the profile say themselves what is wrong with them. */
export const optionsSchema = z.strictObject({
  port: z.int().min(0).max(65_535).optional(),
  limit: z.int().min(1).optional(),
  windowMs: positive.optional(),
  window: z.union([z.enum(["sliding", "bucket"]), z.strictObject({ fixedPhaseMs: z.number() })]).optional(),
  exchangeLimit: z.int().min(1).optional(),
  tokenLifeMs: positive.optional(),
  accounts: z.array(ringcxAccountId).min(1, "expected one account at least").optional(),
  seed: z.unknown().optional(),
  profile: z.unknown().optional(),
  v1AuthLink: z.boolean().optional(),
  permissions: z.array(z.enum(allPermissions as readonly [Permission, ...Permission[]])).optional(),
  now: z.custom<() => number>((value) => typeof value === "function", "expected a function").optional(),
});

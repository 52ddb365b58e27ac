import type { Permission } from "./access/permissions.ts";
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

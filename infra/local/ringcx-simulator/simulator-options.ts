import type { Permission } from "./access/permissions.ts";
import type { RateLimitHeaders } from "./access/quota.ts";
import type { WindowKind } from "./access/rate-limit.ts";
import type { Seed } from "./seed.ts";

/** How to start a simulator. Everything has a default. */
export interface SimulatorOptions {
  /** Port on loopback. @default 0 (any free one) */
  port?: number;
  /** Requests in a window. @default 120 */
  limit?: number;
  /** Length of the window in milliseconds. @default 60000 */
  windowMs?: number;
  /** @default "sliding" */
  window?: WindowKind;
  /** What the limit counts. @default "account" */
  limitScope?: "account" | "user";
  /** @default "retry-after" */
  rateLimitHeaders?: RateLimitHeaders;
  /** Token exchanges in a minute. @default 5 */
  exchangeLimit?: number;
  /** Life of an access token in milliseconds. @default 300000 */
  tokenLifeMs?: number;
  /** Ids of the sub-accounts; the first is `accountId`. @default ["123456"] */
  accounts?: readonly string[];
  /** What the accounts hold at first; it may bring accounts of its own. */
  seed?: Seed;
  /** Whether a v1 service keeps and shows `authConfigId`. @default true */
  v1AuthLink?: boolean;
  /** What a read shows of a stored credential. @default "masked" */
  credentialsOnRead?: "masked" | "absent";
  /** What the user may do. @default everything */
  permissions?: readonly Permission[];
  /** Epoch milliseconds. @default Date.now */
  now?: () => number;
}

import { CountingWindow } from "./counting-window.ts";
import type { RateLimit, RateLimitOptions } from "./limit.ts";
import { TokenBucket } from "./token-bucket.ts";

/** How requests are counted: in the time before each request, in windows that begin at fixed times, or in a bucket. */
export type WindowKind = "sliding" | "bucket" | { fixedPhaseMs: number };

/** @param options.kind @default "sliding" */
export function createRateLimit({ kind = "sliding", ...options }: RateLimitOptions & { kind?: WindowKind }): RateLimit {
  return kind === "bucket" ? new TokenBucket(options) : new CountingWindow(options, kind);
}

import { DynamoDB } from "@aws-sdk/client-dynamodb";
import Bottleneck from "bottleneck";
import ky from "ky";
import pThrottle from "p-throttle";
import { RateLimiterDynamo, RateLimiterRes } from "rate-limiter-flexible";
import { systemClock } from "../../shared/primitives/clock.ts";
import { createQuota } from "../../shared/ringcx/quota/quota.ts";
import { QuotaDeferredError } from "../../shared/ringcx/quota/quota-deferred-error.ts";
import type { Priority } from "../../shared/ringcx/quota/quota-policy.ts";
import { DynamoStateTable } from "../../shared/state/dynamo-table.ts";
import { localCredentials, tableClient } from "../real-time/shared-table.ts";

export interface PacerOptions {
  url: string;
  limit: number;
  windowMs: number;
  processes: number;
  endpoint: string;
  tableName: string;
}

/** The table that rate-limiter-flexible would make for itself, had dynalite its `UpdateTimeToLive`. */
export const rateLimiterTable = "rate-limiter";

/** Makes one call, however often it has to ask, until it is answered with 200. */
export type Call = (priority: Priority) => Promise<void>;

/** The ways of keeping a limit that people use, each as its documentation shows it, and ours. */
export const pacers: Readonly<Record<string, (options: PacerOptions) => Promise<Call>>> = {
  async ours({ url, limit, windowMs, endpoint, tableName }) {
    const quota = createQuota({
      scope: "bench",
      settings: { limit, windowMs, guardMs: 200 },
      table: new DynamoStateTable(tableClient(endpoint), tableName),
      clock: systemClock,
      random: Math.random,
      horizonMs: windowMs / 30,
    });
    return async (priority) => {
      for (;;) {
        try {
          await quota.claim(priority);
        } catch (error) {
          if (!(error instanceof QuotaDeferredError)) throw error;
          await systemClock.sleep(error.retryAfterMs);
          continue;
        }
        const status = await send(url);
        if (status === 200) return;
        await quota.pause();
      }
    };
  },

  async "ky, patient retries"({ url }) {
    const patient = ky.create({ retry: { limit: 1_000, statusCodes: [429], backoffLimit: 10_000 }, timeout: false });
    return async () => {
      await patient.get(url).text();
    };
  },

  async "p-throttle, full limit each"({ url, limit, windowMs }) {
    return throttled(url, limit, windowMs);
  },

  async "p-throttle, limit split"({ url, limit, windowMs, processes }) {
    return throttled(url, Math.floor(limit / processes), windowMs);
  },

  async "bottleneck, limit split"({ url, limit, windowMs, processes }) {
    const share = Math.floor(limit / processes);
    const limiter = new Bottleneck({
      reservoir: share,
      reservoirRefreshAmount: share,
      reservoirRefreshInterval: windowMs,
    });
    return async (priority) => {
      await limiter.schedule({ priority: priority === "urgent" ? 0 : 5 }, () => untilAnswered(url));
    };
  },

  async "rate-limiter-flexible on DynamoDB"({ url, limit, windowMs, endpoint }) {
    const limiter = new RateLimiterDynamo({
      // It calls the methods of the aggregated client.
      storeClient: new DynamoDB({ endpoint, region: "us-east-1", credentials: localCredentials }),
      tableName: rateLimiterTable,
      points: limit,
      duration: windowMs / 1_000,
      tableCreated: true,
      ttlSet: true,
    });
    return async () => {
      for (;;) {
        try {
          await limiter.consume("ringcx");
        } catch (error) {
          if (!(error instanceof RateLimiterRes)) throw error;
          await systemClock.sleep(error.msBeforeNext + Math.random() * 100);
          continue;
        }
        if ((await send(url)) === 200) return;
      }
    };
  },
};

function throttled(url: string, limit: number, interval: number): Call {
  const call = pThrottle({ limit, interval })(() => untilAnswered(url));
  return () => call();
}

/** Asks again after `Retry-After`, as every one of these has to by hand. */
async function untilAnswered(url: string): Promise<void> {
  for (;;) {
    const response = await fetch(url);
    await response.arrayBuffer();
    if (response.status === 200) return;
    await systemClock.sleep(Number(response.headers.get("retry-after") ?? 1) * 1_000);
  }
}

async function send(url: string): Promise<number> {
  const response = await fetch(url);
  await response.arrayBuffer();
  return response.status;
}

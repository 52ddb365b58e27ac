import type { Logger } from "@aws-lambda-powertools/logger";
import type { Metrics } from "@aws-lambda-powertools/metrics";
import type { Clock, Random } from "../../primitives/clock.ts";
import type { OnUnreadable } from "../../state/rebuilt-item.ts";
import type { StateTable } from "../../state/table.ts";
import { createQuota, type Quota } from "../quota/quota.ts";
import type { Connection } from "../session/connection.ts";
import type { ConnectionSecret } from "../session/connection-secret.ts";
import { createLogin, type Login } from "../session/login.ts";
import { LoginError } from "../session/login-error.ts";
import { createSession } from "../session/session.ts";
import type { TokenPair } from "../session/session-item.ts";
import { loadHttpClient } from "../transport/send-once.ts";
import type { RingCx } from "./api.ts";
import type { RequestRecord } from "./call.ts";
import { createRingCx } from "./client.ts";

/** What a connection's client is made of; requests, logins and deferrals are logged and counted. */
export interface ConnectOptions {
  connection: Pick<Connection, "name" | "ringcxUrl" | "platformUrl" | "quota">;
  table: StateTable;
  /** The login; read when it is first needed. */
  secret: ConnectionSecret;
  clock: Clock;
  random: Random;
  /** @default 0, see `CallSettings` */
  quotaWaitMs?: number;
  logger?: Pick<Logger, "debug" | "info" | "warn">;
  metrics?: Pick<Metrics, "addMetric">;
  /** Is told of a session or a quota's window that could not be read, and was rebuilt. */
  onUnreadable?: OnUnreadable;
}

type Metric =
  | "RequestsSent"
  | "RateLimited"
  | "TokenRenewed"
  | "TokenRenewalFailed"
  | "QuotaDeferred"
  | "AssumptionBroken";

/**
 * The RingCX client of a connection, with the session and the quota that everything that runs shares. Nothing
 * is read or sent before the first call.
 */
export function connect({
  connection,
  table,
  secret,
  clock,
  random,
  quotaWaitMs = 0,
  ...reports
}: ConnectOptions): RingCx {
  const { logger, metrics, onUnreadable } = reports;
  // It is there by the time that the table has answered with the token.
  void loadHttpClient();
  const state = { table, clock, random, onUnreadable };
  const count = (metric: Metric) => metrics?.addMetric(metric, "Count", 1);
  const login = reportingLogin(createLogin({ connection, credentials: () => secret.read(), clock }), secret, {
    onRenewed: () => count("TokenRenewed"),
    onFailed: (error) => {
      count("TokenRenewalFailed");
      logger?.warn("RingCX login failed", { connection: connection.name, reason: describeError(error) });
    },
  });
  const quotas = new Map<string, Quota>();

  return createRingCx({
    connection,
    session: createSession({ connection: connection.name, login, ...state }),
    quotaFor(accountId) {
      const scope = quotaScopeOf(connection, accountId);
      const quota = quotas.get(scope) ?? createQuota({ scope, settings: connection.quota, ...state });
      quotas.set(scope, quota);
      return quota;
    },
    clock,
    random,
    quotaWaitMs,
    onRequest(record) {
      count("RequestsSent");
      if (record.result === 429) count("RateLimited");
      logger?.[isRoutine(record) ? "debug" : "info"]("RingCX request", { connection: connection.name, ...record });
    },
    onAssumptionBroken({ assumption, found }) {
      count("AssumptionBroken");
      logger?.warn("RingCX does what the program cannot work with", { connection: connection.name, assumption, found });
    },
    onDeferred({ retryAfterMs }, operation) {
      count("QuotaDeferred");
      logger?.info("RingCX quota deferred a call", { connection: connection.name, operation, retryAfterMs });
    },
  });
}

/** What counts together: a sub-account by itself, or everything of the connection. */
export function quotaScopeOf(
  { name, quota }: Pick<Connection, "name" | "quota">,
  accountId: string | undefined,
): string {
  return quota.scope === "connection" || accountId === undefined ? `connection/${name}` : `account/${accountId}`;
}

/** A read that went well says nothing that anybody looks for later. */
function isRoutine({ method, result }: RequestRecord): boolean {
  return method === "GET" && result === 200;
}

/** The login with its results reported, and with the credentials read anew after RingCentral refused them. */
function reportingLogin(
  login: Login,
  secret: ConnectionSecret,
  { onRenewed, onFailed }: { onRenewed: () => void; onFailed: (error: unknown) => void },
): Login {
  const report = async (renewal: Promise<TokenPair>, isFailure: (error: unknown) => boolean): Promise<TokenPair> => {
    try {
      const pair = await renewal;
      onRenewed();
      return pair;
    } catch (error) {
      if (isFailure(error)) onFailed(error);
      throw error;
    }
  };
  return {
    exchange: () =>
      report(login.exchange(), (error) => {
        if (isRefusal(error)) secret.invalidate();
        return true;
      }),
    // A refresh token that is refused is a matter of course: the exchange that follows is what counts.
    refresh: (refreshToken) => report(login.refresh(refreshToken), (error) => !isRefusal(error)),
  };
}

function isRefusal(error: unknown): boolean {
  return error instanceof LoginError && error.code === "LOGIN_REFUSED";
}

function describeError(error: unknown): string {
  return error instanceof Error ? error.message : "unknown";
}

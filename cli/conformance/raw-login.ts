import type { Clock } from "../../shared/primitives/clock.ts";
import { AutomationError } from "../../shared/primitives/errors.ts";
import { longestWaits } from "../../shared/primitives/longest-waits.ts";
import type { Connection } from "../../shared/ringcx/session/connection.ts";
import type { ConnectionCredentials } from "../../shared/ringcx/session/connection-secret.ts";
import { loginFailure } from "../../shared/ringcx/session/login.ts";
import { sendOnce } from "../../shared/ringcx/transport/send-once.ts";
import { type Exchange, isDone, recordOf, type Seen } from "./exchange.ts";

/** A token and when it was asked for, epoch milliseconds. */
export interface IssuedToken {
  token: string;
  issuedAt: number;
}

/** Logs in and keeps what was answered, which the client's own login does not. */
export interface RawLogin {
  /** The token that requests are sent with. @throws {AutomationError} `CONFORMANCE_LOGIN_FAILED` */
  current(): Promise<IssuedToken>;
  /** Both steps anew; the token of that is current from then on. */
  renew(label?: string): Promise<Exchange>;
  /** Spends a refresh token. Whatever comes of it, the current token stays. */
  refresh(label: string, refreshToken: string): Promise<Exchange>;
  /** Everything that must not stand in a report. */
  readonly secrets: readonly string[];
  /** Logins and renewals so far. */
  readonly count: number;
}

/** See {@link RawLogin}. */
export function createRawLogin(options: {
  connection: Pick<Connection, "ringcxUrl" | "platformUrl">;
  credentials: ConnectionCredentials;
  clock: Clock;
  seen: Seen;
}): RawLogin {
  const { connection, credentials, clock, seen } = options;
  const secrets: string[] = [credentials.clientId, credentials.clientSecret, credentials.jwt].map((one) =>
    one.reveal(),
  );
  let current: IssuedToken | undefined;
  let count = 0;

  async function post(
    label: string,
    url: URL,
    form: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<Exchange> {
    count += 1;
    const at = clock.now();
    const sent = await sendOnce({
      method: "POST",
      url: url.href,
      headers,
      body: new URLSearchParams(form),
      timeoutMs: longestWaits.ringcxAnswerMs,
      wantsHeaders: true,
    });
    const isAnswered = sent.kind === "answered";
    const exchange: Exchange = {
      label,
      operation: label,
      method: "POST",
      path: `${url.pathname}${url.search}`,
      body: Object.keys(form),
      status: isAnswered ? sent.status : 0,
      headers: (isAnswered && sent.headers) || {},
      text: isAnswered ? sent.text : sent.reason,
      at,
    };
    seen.add(exchange);
    const { accessToken, refreshToken, access_token, refresh_token } = recordOf(exchange) ?? {};
    for (const secret of [accessToken, refreshToken, access_token, refresh_token]) {
      if (typeof secret === "string") secrets.push(secret);
    }
    return exchange;
  }

  async function renew(label = "login"): Promise<Exchange> {
    const { clientId, clientSecret, jwt } = credentials;
    const basic = Buffer.from(`${clientId.reveal()}:${clientSecret.reveal()}`).toString("base64");
    const platform = await post(
      "login.platform",
      new URL("/restapi/oauth/token", connection.platformUrl),
      { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion: jwt.reveal() },
      { authorization: `Basic ${basic}` },
    );
    const platformToken = textIn(platform, "access_token");
    const exchange = await post(
      label,
      new URL("/api/auth/login/rc/accesstoken?includeRefresh=true", connection.ringcxUrl),
      { rcAccessToken: platformToken, rcTokenType: "Bearer" },
    );
    current = { token: textIn(exchange, "accessToken"), issuedAt: exchange.at };
    return exchange;
  }

  return {
    secrets,
    get count() {
      return count;
    },
    async current() {
      if (!current) await renew();
      if (!current) throw new Error("a login that went well gives a token");
      return current;
    },
    renew,
    refresh: (label, refreshToken) =>
      post(label, new URL("/api/auth/token/refresh", connection.ringcxUrl), {
        refresh_token: refreshToken,
        rcTokenType: "Bearer",
      }),
  };
}

function textIn(exchange: Exchange, field: string): string {
  const value = recordOf(exchange)?.[field];
  if (isDone(exchange) && typeof value === "string") return value;
  const { next } = loginFailure(
    exchange.label === "login.platform" ? "platform token" : "RingCX token",
    exchange.status,
  );
  throw new AutomationError(
    `The login failed at the step "${exchange.label}" (${exchange.status || exchange.text}). ${next}`,
    { code: "CONFORMANCE_LOGIN_FAILED", details: { step: exchange.label, status: exchange.status } },
  );
}

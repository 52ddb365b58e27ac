import * as z from "zod";
import type { Clock } from "../../primitives/clock.ts";
import { parseJson } from "../../primitives/json.ts";
import { longestWaits } from "../../primitives/longest-waits.ts";
import { Redacted } from "../../primitives/redacted.ts";
import { retryAfter, sendOnce } from "../transport/send-once.ts";
import type { Connection } from "./connection.ts";
import type { ConnectionCredentials } from "./connection-secret.ts";
import { LoginError, type LoginFailure, type LoginStep } from "./login-error.ts";
import type { TokenPair } from "./session-item.ts";

/** The login over HTTP. It keeps nothing: who renews when, and who keeps the pair, is the session's business. */
export interface Login {
  /** Both steps: platform token, then RingCX token. RingCX allows 5 a minute. Throws {@link LoginError}. */
  exchange(): Promise<TokenPair>;
  /** Spends the refresh token. Throws {@link LoginError}; `LOGIN_REFUSED` means: exchange. */
  refresh(refreshToken: Redacted<string>): Promise<TokenPair>;
}

/** What a login is made of. */
export interface LoginOptions {
  connection: Pick<Connection, "name" | "ringcxUrl" | "platformUrl">;
  credentials: () => Promise<ConnectionCredentials>;
  clock: Clock;
  /** Life of a RingCX access token in milliseconds. @default 300000 (five minutes, as documented) */
  tokenLifeMs?: number;
  /** Time-out of each request in milliseconds. @default 10000 */
  timeoutMs?: number;
}

const platformAnswer = z.object({ access_token: z.string().min(1) });
const ringcxAnswer = z.object({ accessToken: z.string().min(1), refreshToken: z.string().min(1) });
const refusalAnswer = z.object({ error: z.string().optional(), errorCode: z.string().optional() });

/** What to check when a step is refused. Source: RingCX, "Getting a token". */
const advice: Readonly<Record<LoginStep, string>> = {
  "platform token":
    "Check clientId, clientSecret and jwt in the connection's secret: the JWT credential must belong to this app and not be expired or revoked. Check platformUrl.",
  "RingCX token":
    "Check that the JWT's user has RingCX admin access, that the app has the scope ReadAccounts, and ringcxUrl.",
  refresh: "The refresh token was used already or has expired: a full exchange is needed.",
};

/**
 * What a login's answer without a token means, and what to do about it.
 *
 * @param status of the answer; 0 where there was none
 */
export function loginFailure(step: LoginStep, status: number): { code: LoginFailure; next: string } {
  if (status === 429) {
    return { code: "LOGIN_RATE_LIMITED", next: "RingCX takes 5 logins a minute. It may be repeated a minute later." };
  }
  const isRefusal = status >= 300 && status < 500 && status !== 408;
  if (isRefusal) return { code: "LOGIN_REFUSED", next: advice[step] };
  return { code: "LOGIN_UNAVAILABLE", next: "It may be repeated later." };
}

/** The login of a connection. Nothing it throws holds a credential or a token. */
export function createLogin(options: LoginOptions): Login {
  const { connection, credentials, clock, tokenLifeMs = 300_000, timeoutMs = longestWaits.ringcxAnswerMs } = options;

  async function post<Answer>(
    step: LoginStep,
    url: URL,
    form: Record<string, string>,
    schema: z.ZodType<Answer>,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const sent = await sendOnce({ method: "POST", url: url.href, headers, body: new URLSearchParams(form), timeoutMs });
    const failed = (answer: string, retryAfterMs?: number) => {
      const { code, next } = loginFailure(step, sent.kind === "answered" ? sent.status : 0);
      return new LoginError(
        `Login of connection "${connection.name}" failed at the step "${step}": ${answer}. ${next}`,
        {
          code,
          step,
          connection: connection.name,
          retryAfterMs: code === "LOGIN_REFUSED" ? undefined : retryAfterMs,
          ...(sent.kind === "answered" ? { status: sent.status } : { reason: sent.reason }),
        },
      );
    };

    if (sent.kind === "failed") throw failed(sent.reason);
    const { status, text } = sent;
    if (status >= 200 && status < 300) {
      const parsed = schema.safeParse(parseJson(text)?.value);
      if (parsed.success) return parsed.data;
      throw failed(`${status} without a token`);
    }
    const answer = `${status}${errorCodeIn(text)}`;
    throw failed(answer, retryAfter(sent.retryAfter, clock.now(), longestWaits.loginRetryAfterMs));
  }

  function pair({ accessToken, refreshToken }: z.output<typeof ringcxAnswer>, askedAt: number): TokenPair {
    return {
      accessToken: new Redacted(accessToken),
      refreshToken: new Redacted(refreshToken),
      expiresAt: askedAt + tokenLifeMs,
    };
  }

  return {
    async exchange() {
      const { clientId, clientSecret, jwt } = await credentials();
      const platform = await post(
        "platform token",
        new URL("/restapi/oauth/token", connection.platformUrl),
        { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion: jwt.reveal() },
        platformAnswer,
        { authorization: `Basic ${Buffer.from(`${clientId.reveal()}:${clientSecret.reveal()}`).toString("base64")}` },
      );
      const askedAt = clock.now();
      const ringcx = await post(
        "RingCX token",
        new URL("/api/auth/login/rc/accesstoken?includeRefresh=true", connection.ringcxUrl),
        { rcAccessToken: platform.access_token, rcTokenType: "Bearer" },
        ringcxAnswer,
      );
      return pair(ringcx, askedAt);
    },

    async refresh(refreshToken) {
      const askedAt = clock.now();
      const ringcx = await post(
        "refresh",
        new URL("/api/auth/token/refresh", connection.ringcxUrl),
        { refresh_token: refreshToken.reveal(), rcTokenType: "Bearer" },
        ringcxAnswer,
      );
      return pair(ringcx, askedAt);
    },
  };
}

/** The server's error code if it is a plain word (`invalid_grant`). Any other text of a login may echo a credential. */
function errorCodeIn(text: string): string {
  const parsed = refusalAnswer.safeParse(parseJson(text)?.value);
  const code = parsed.success ? (parsed.data.error ?? parsed.data.errorCode) : undefined;
  return code !== undefined && /^[a-z][a-z._-]{2,60}$/i.test(code) ? ` ${code}` : "";
}

import { type AppCredentials, Login } from "./access/login.ts";
import { UserPermissions } from "./access/permissions.ts";
import { Quota } from "./access/quota.ts";
import { RateLimit } from "./access/rate-limit.ts";
import { secretText, Tokens } from "./access/tokens.ts";
import type { ControlParts } from "./control/control.ts";
import { Faults } from "./control/faults.ts";
import { RingCxState } from "./records.ts";
import { RingCx } from "./ringcx.ts";
import { applySeed } from "./seed.ts";
import type { SimulatorOptions } from "./simulator-options.ts";

/** Everything a simulator consists of, but for HTTP. */
export interface Assembly extends ControlParts {
  ringcx: RingCx;
  quota: Quota;
  credentials: AppCredentials;
}

/** @throws {Refusal} when the seed is wrong, naming the place */
export function assemble(options: SimulatorOptions): Assembly {
  const { now = Date.now, accounts = ["123456"], seed } = options;
  const state = new RingCxState();
  for (const accountId of seed ? (options.accounts ?? []) : accounts) state.addAccount(accountId);
  if (seed) applySeed(state, seed, now());

  const credentials = {
    clientId: secretText("client-id"),
    clientSecret: secretText("client-secret"),
    jwt: secretText("jwt"),
  };
  const tokens = new Tokens(options.tokenLifeMs ?? 300_000, now);
  const exchangeLimit = new RateLimit({ limit: options.exchangeLimit ?? 5, windowMs: 60_000 });
  const quota = new Quota({
    limit: options.limit ?? 120,
    windowMs: options.windowMs ?? 60_000,
    window: options.window ?? "sliding",
    limitScope: options.limitScope ?? "account",
    rateLimitHeaders: options.rateLimitHeaders ?? "retry-after",
  });
  const permissions = new UserPermissions(options.permissions);
  const login = new Login({ credentials, state, tokens, exchangeLimit, now });
  const behaviour = {
    v1AuthLink: options.v1AuthLink ?? true,
    credentialsOnRead: options.credentialsOnRead ?? "masked",
  };
  const ringcx = new RingCx({ state, tokens, login, quota, permissions, behaviour, now });
  return { state, tokens, quota, permissions, credentials, ringcx, requests: [], faults: new Faults(), now };
}

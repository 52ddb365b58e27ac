import { type AppCredentials, Login } from "./access/login.ts";
import { UserPermissions } from "./access/permissions.ts";
import { Quota } from "./access/quota.ts";
import { createRateLimit } from "./access/rate-limit.ts";
import { secretText, Tokens } from "./access/tokens.ts";
import { profileFrom } from "./assumptions/profile.ts";
import { behaviourOf } from "./behaviour/behaviour.ts";
import { clockErrorMs } from "./behaviour/clock.ts";
import { errorAnswers } from "./behaviour/errors.ts";
import { createStaleness } from "./behaviour/staleness.ts";
import { createWire } from "./behaviour/wire.ts";
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

/**
 * @throws {Refusal} when the seed is wrong, naming the place
 * @throws {ProfileError} when the profile is
 */
export function assemble(options: SimulatorOptions): Assembly {
  const { now = Date.now, accounts = ["123456"], seed } = options;
  const { v1AuthLink } = options;
  const link = v1AuthLink === undefined ? {} : { "services.authLink": v1AuthLink ? "kept" : "dropped" };
  const profile = profileFrom({ ...link, ...options.profile });
  const errorMs = clockErrorMs(profile);
  const ringcxNow = () => now() + errorMs;
  const behaviour = behaviourOf(profile);
  const state = new RingCxState();
  for (const accountId of seed ? (options.accounts ?? []) : accounts) state.addAccount(accountId);
  if (seed) applySeed({ state, behaviour }, seed, ringcxNow());

  const credentials = {
    clientId: secretText("client-id"),
    clientSecret: secretText("client-secret"),
    jwt: secretText("jwt"),
  };
  const tokens = new Tokens(profile, now, options.tokenLifeMs);
  const exchangeLimit = createRateLimit({ limit: options.exchangeLimit ?? 5, windowMs: 60_000 });
  const quota = new Quota({
    limit: options.limit ?? 120,
    windowMs: options.windowMs ?? 60_000,
    window: options.window,
    profile,
    ringcxNow,
  });
  const permissions = new UserPermissions(options.permissions);
  const login = new Login({ credentials, state, tokens, exchangeLimit, now });
  const staleness = createStaleness(profile);
  const ringcx = new RingCx({
    state,
    tokens,
    login,
    quota,
    permissions,
    behaviour,
    staleness,
    wire: createWire(profile),
    answerOf: errorAnswers(profile),
    now,
    ringcxNow,
  });
  return { state, staleness, tokens, quota, permissions, credentials, ringcx, requests: [], faults: new Faults(), now };
}

import type { Caller } from "../caller.ts";
import { recordOf } from "../exchange.ts";
import type { RawLogin } from "../raw-login.ts";

/** The sub-accounts, a token that is none, and what a refresh token is good for. */
export async function tryAccess(caller: Caller, login: RawLogin): Promise<void> {
  const refreshToken = recordOf(await login.renew("login.first"))?.refreshToken;
  if (typeof refreshToken === "string") {
    await login.refresh("login.refreshed", refreshToken);
    await login.refresh("login.refreshedAgain", refreshToken);
    // Neither of both pairs may be good any more.
    await login.renew("login.second");
  }
  await caller.ask("accounts", "accounts.list");
  await caller.ask("unauthorized", "accounts.list", { token: { token: "conformance-run-without-a-token" } });
}

/** Ages at which a token is tried, in milliseconds: past the lives that are plausible. */
const ages = [66_000, 306_000];

/** Waits until the token of the last login should have ended, and tries it. Takes five minutes. */
export async function outliveToken(caller: Caller, login: RawLogin): Promise<void> {
  for (const ageMs of ages) {
    const token = await login.current();
    const waitMs = token.issuedAt + ageMs - caller.clock.now();
    if (waitMs > 0) await caller.sleep(waitMs);
    const { status } = await caller.ask("token.old", "accounts.list", { token });
    if (status === 401) return;
  }
}

import { expect, test } from "vitest";
import { Redacted } from "../../shared/primitives/redacted.ts";
import type { Login } from "../../shared/ringcx/session/login.ts";
import { LoginError } from "../../shared/ringcx/session/login-error.ts";
import { createSession, type Session } from "../../shared/ringcx/session/session.ts";
import type { TokenPair } from "../../shared/ringcx/session/session-item.ts";
import { MemoryStateTable } from "../../shared/state/memory-table.ts";
import { seeded, VirtualTime } from "../support/virtual-time.ts";

const seeds = Array.from({ length: Number(process.env.SIMULATION_SEEDS ?? 40) }, (_, seed) => seed);
const tokenLifeMs = 300_000;

/** RingCX's login: single-use refresh tokens, five exchanges in any minute, tokens of five minutes. */
class LoginServer {
  readonly exchanges: number[] = [];
  refusedExchanges = 0;
  refreshes = 0;
  readonly #time: VirtualTime;
  readonly #refreshTokens = new Set<string>();
  readonly #accessTokens = new Map<string, number>();
  #count = 0;
  isDown = false;

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  login(random: () => number): Login {
    const slowly = async () => {
      await this.#time.sleep(50 + random() * 400);
      if (this.isDown) throw this.#error("LOGIN_UNAVAILABLE");
    };
    return {
      exchange: async () => {
        await slowly();
        const recent = this.exchanges.filter((at) => at > this.#time.now - 60_000);
        if (recent.length >= 5) {
          this.refusedExchanges += 1;
          throw this.#error("LOGIN_RATE_LIMITED");
        }
        this.exchanges.push(this.#time.now);
        const pair = this.#pair();
        await slowly();
        return pair;
      },
      refresh: async (refreshToken) => {
        await slowly();
        if (!this.#refreshTokens.delete(refreshToken.reveal())) throw this.#error("LOGIN_REFUSED");
        this.refreshes += 1;
        const pair = this.#pair();
        await slowly();
        return pair;
      },
    };
  }

  isAccepted(token: Redacted<string>): boolean {
    return (this.#accessTokens.get(token.reveal()) ?? 0) > this.#time.now;
  }

  expireAll(): void {
    this.#accessTokens.clear();
  }

  #pair(): TokenPair {
    this.#count += 1;
    const [accessToken, refreshToken] = [`access-${this.#count}`, `refresh-${this.#count}`];
    const expiresAt = this.#time.now + tokenLifeMs;
    this.#accessTokens.set(accessToken, expiresAt);
    this.#refreshTokens.add(refreshToken);
    return { accessToken: new Redacted(accessToken), refreshToken: new Redacted(refreshToken), expiresAt };
  }

  #error(code: "LOGIN_UNAVAILABLE" | "LOGIN_RATE_LIMITED" | "LOGIN_REFUSED"): LoginError {
    return new LoginError(code, { code, step: "RingCX token", connection: "main" });
  }
}

function simulate(seed: number, processes: number) {
  const time = new VirtualTime();
  const random = seeded(seed);
  const server = new LoginServer(time);
  const table = new MemoryStateTable();
  const start = (login: Login = server.login(random)): Session =>
    createSession({ connection: "main", table, login, clock: time.clock((random() - 0.5) * 400), random });
  return { time, random, server, start, sessions: Array.from({ length: processes }, () => start()) };
}

test("twenty cold starts at once make one exchange", async () => {
  for (const seed of seeds) {
    const { time, server, sessions } = simulate(seed, 20);
    const tokens = await time.run(Promise.all(sessions.map((session) => session.accessToken())));
    expect(server.exchanges, `seed ${seed}`).toHaveLength(1);
    expect(new Set(tokens.map((token) => token.reveal())).size).toBe(1);
  }
});

test("an hour of twenty processes: one exchange, one refresh per token's life, never a token that is not accepted", async () => {
  for (const seed of seeds.slice(0, 10)) {
    const { time, random, server, sessions } = simulate(seed, 20);
    const work = async (session: Session) => {
      for (let call = 0; call < 120; call += 1) {
        const token = await session.accessToken();
        expect(server.isAccepted(token), `seed ${seed}`).toBe(true);
        await time.sleep(random() * 60_000);
      }
    };
    await time.run(Promise.all(sessions.map(work)));
    expect(server.exchanges, `seed ${seed}`).toHaveLength(1);
    expect(server.refreshes).toBeLessThanOrEqual(18); // 3,600 s in steps of 240 s, and those after the hour
  }
});

test("tokens that RingCX drops early are renewed once by all who are refused", async () => {
  for (const seed of seeds) {
    const { time, random, server, sessions } = simulate(seed, 20);
    const tokens = await time.run(Promise.all(sessions.map((session) => session.accessToken())));
    server.expireAll();
    const refused = async (session: Session, token: Redacted<string> | undefined) => {
      await time.sleep(random() * 500);
      return session.renew(token ?? new Redacted(""));
    };
    const renewed = await time.run(Promise.all(sessions.map((session, index) => refused(session, tokens[index]))));
    expect(renewed.every((token) => server.isAccepted(token))).toBe(true);
    expect(server.refreshes + server.exchanges.length, `seed ${seed}`).toBe(2);
  }
});

test("a crash between refresh and store is survived by an exchange", async () => {
  const { time, random, server, start, sessions } = simulate(1, 1);
  const [session] = sessions;
  await time.run(session?.accessToken() ?? Promise.reject(new Error("no session")));
  await time.run(time.sleep(250_000));

  // This process spends the refresh token, and is never heard of again.
  const crashing = start({
    ...server.login(random),
    refresh: async (refreshToken) => {
      await server.login(random).refresh(refreshToken);
      return new Promise(() => {});
    },
  });
  void crashing.accessToken();
  await time.run(time.sleep(5_000));

  const others = Array.from({ length: 5 }, () => start());
  await time.run(time.sleep(60_000)); // the old token has ended, and so has the dead process's lease
  const tokens = await time.run(Promise.all(others.map((other) => other.accessToken())));

  expect(tokens.every((token) => server.isAccepted(token))).toBe(true);
  expect(server.exchanges).toHaveLength(2);
});

test("while the login is down everybody goes on with the old token as long as it lives, then says so", async () => {
  const { time, server, sessions } = simulate(3, 5);
  await time.run(Promise.all(sessions.map((session) => session.accessToken())));
  server.isDown = true;
  await time.run(time.sleep(250_000));
  const old = await time.run(Promise.all(sessions.map((session) => session.accessToken())));
  expect(old.every((token) => server.isAccepted(token))).toBe(true);

  await time.run(time.sleep(60_000));
  const failed = await time.run(Promise.allSettled(sessions.map((session) => session.accessToken())));
  expect(failed.map(({ status }) => status)).toEqual(Array(5).fill("rejected"));

  server.isDown = false;
  await time.run(time.sleep(5_000));
  const [session] = sessions;
  expect(server.isAccepted(await time.run(session?.accessToken() ?? Promise.reject()))).toBe(true);
});

test("no more than five exchanges a minute, whatever happens to the tokens", async () => {
  for (const seed of seeds.slice(0, 10)) {
    const { time, random, server, start } = simulate(seed, 0);
    const forgetful = async () => {
      for (let round = 0; round < 12; round += 1) {
        // Each refresh is refused, so that every renewal needs an exchange.
        const session = start({
          ...server.login(random),
          refresh: async () => {
            throw new LoginError("refused", { code: "LOGIN_REFUSED", step: "refresh", connection: "main" });
          },
        });
        const token = await session.accessToken().catch(() => undefined);
        server.expireAll();
        if (token) await session.renew(token).catch(() => undefined);
        await time.sleep(random() * 8_000);
      }
    };
    await time.run(Promise.all([forgetful(), forgetful(), forgetful()]));
    expect(server.refusedExchanges, `seed ${seed}`).toBe(0);
    expect(server.exchanges.length).toBeGreaterThan(5);
  }
});

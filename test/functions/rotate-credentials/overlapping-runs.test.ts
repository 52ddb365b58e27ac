import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runSchedule } from "../../../functions/rotate-credentials/sync/run-schedule.ts";
import { followedOfAccount } from "../../../shared/records/account/followed-auth-config.ts";
import { authConfigStateKey } from "../../../shared/records/credential/auth-config-state.ts";
import { isChosen } from "../../support/runs.ts";
import { credentials } from "./credentials.ts";
import { accountId, type Fixture, startFixture } from "./fixture.ts";
import { healthy, isToldOf, nothing, problems, stories, ticks, useFixture } from "./problems.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
  useFixture(fixture);
});
afterEach(() => fixture.stop());

/** A run that has read the secrets and what is known of them, and looks no further until it is let. */
async function beginSlowRun() {
  const gate = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  const dependencies = fixture.dependencies();
  const { table } = dependencies;
  const query: typeof table.query = async (pk, prefix) => {
    if (prefix === followedOfAccount) {
      reached.resolve();
      await gate.promise;
    }
    return table.query(pk, prefix);
  };
  const slow = new Proxy(table, {
    get: (_, key) => (key === "query" ? query : Reflect.get(table, key).bind(table)),
  });
  const deadline = fixture.clock.now() + 24 * 3_600_000;
  const run = runSchedule({ ...dependencies, table: slow }, { requestId: randomUUID(), deadline });
  await reached.promise;
  return async () => {
    // It is time to look again.
    await fixture.clock.sleep(20 * 60_000);
    gate.resolve();
    await run;
  };
}

/** Of what is told of itself: an attempt tells of itself whenever it fails. */
const ofThings = (all: Record<string, string[]>) =>
  Object.fromEntries(Object.entries(all).filter(([subject]) => !subject.startsWith("failure of")));

describe.each(Object.entries(problems).filter((_, index) => isChosen(index, 3)))(
  "%s",
  (_problem, { damage, mend, begun }) => {
    it("goes on as it was told, though a run ends late that began before it", async () => {
      const bound = await healthy();
      const finish = await beginSlowRun();
      await damage(bound);
      await ticks(8);
      const before = stories();
      expect(isToldOf(begun), begun).toBe(true);
      await finish();
      expect(stories()).toEqual(before);
      await ticks(2);
      expect(ofThings(stories())).toEqual(ofThings(before));
    });

    it("is over as it was told, though a run ends late that began while it was wrong", async () => {
      const bound = await healthy();
      await damage(bound);
      await ticks(8);
      const finish = await beginSlowRun();
      await mend(bound);
      await ticks(8);
      const before = stories();
      await finish();
      expect(stories()).toEqual(before);
      expect(await ticks(2)).toMatchObject({ ...nothing, lines: [], refused: [], edges: [] });
      expect(stories()).toEqual(before);
    });
  },
);

/** Makes an item that a run reads of an auth config unreadable, and readable again. */
const setReadable = (authConfigId: string, isReadable: boolean) =>
  fixture.table.update(authConfigStateKey(accountId, authConfigId), { status: isReadable ? "APPLIED" : "NONE" });

describe("what a run could not look at, because an item of another cannot be read, neither begins nor ends", () => {
  it("an auth config that two secrets claim", async () => {
    const { arn, authConfigId, second } = await healthy();
    const third = await fixture.createAuthConfig("APIKEY");
    const tags = { "ringcx:auth-config": third, "ringcx:auth-type": "APIKEY" };
    const rival = await fixture.createSecret({ name: "rival", value: credentials.APIKEY.value("rival"), tags });
    await ticks(4);
    await fixture.tag(rival.arn, "ringcx:auth-config", `${third} ${second}`);
    await fixture.tag(arn, "ringcx:auth-config", `${authConfigId} ${second}`);
    await ticks(4);
    expect(isToldOf("BINDING_REFUSED")).toBe(true);
    const before = stories();
    await setReadable(third, false);
    await ticks(8);
    await setReadable(third, true);
    await ticks(8);
    const after = Object.entries(stories()).filter(([subject]) => subject in before);
    expect(Object.fromEntries(after)).toEqual(before);
  });

  it("a version that cannot be applied to the one of two auth configs that can be read", async () => {
    const { arn, authConfigId, second } = await healthy();
    await fixture.tag(arn, "ringcx:auth-config", `${authConfigId} ${second}`);
    await ticks(4);
    await problems["a version that is refused"]?.damage({ arn, authConfigId, second } as never);
    await ticks(8);
    const failure = (id: string) => stories()[`failure of ${id}`];
    const before = failure(authConfigId);
    expect(before?.at(-1)).toBe("begun");
    await setReadable(second, false);
    await ticks(8);
    await setReadable(second, true);
    await ticks(8);
    expect(failure(authConfigId)).toEqual(before);
  });
});

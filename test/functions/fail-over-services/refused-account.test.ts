import { afterEach, beforeEach, expect, test } from "vitest";
import { readOwnFaults } from "../../../cli/read/health.ts";
import { sweepAccount } from "../../../functions/fail-over-services/triggers/sweep-account.ts";
import { type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
  for (const { accountIds } of fixture.dependencies.connections) accountIds.push(unknown);
});
afterEach(() => fixture.stop());

const unknown = "999999";
const sweep = (accountId: string) =>
  sweepAccount(fixture.dependencies, accountId, {
    deadline: fixture.clock.now() + 50_000,
    isTreeRead: true,
    readAlarmStates: fixture.dependencies.readAlarmStates,
  });
const trees = () => fixture.simulator.requests.filter(({ path }) => path.includes(`/${unknown}/`)).length;

test("an account that RingCX does not know is told before anybody needs it, once", async () => {
  await sweep(unknown);
  expect(fixture.outcomes).toMatchObject([
    { status: "FAILED", accountId: unknown, summary: expect.stringMatching(/^Account 999999 is refused by RingCX: /) },
  ]);
  expect(await readOwnFaults({ table: fixture.table } as never, unknown)).toMatchObject([
    { key: "ACCOUNT_REFUSED/999999" },
  ]);
  // What is known of it stands until RingCX is asked again.
  await fixture.clock.sleep(60_000);
  await sweep(unknown);
  expect({ trees: trees(), told: fixture.outcomes.length }).toEqual({ trees: 1, told: 1 });
  await fixture.clock.sleep(600_000);
  await sweep(unknown);
  expect({ trees: trees(), told: fixture.outcomes.length }).toEqual({ trees: 2, told: 1 });
});

test("once RingCX knows it that is told, too, and one that was never refused is not spoken of", async () => {
  await sweep(unknown);
  const { ringcxFor } = fixture.dependencies;
  fixture.dependencies.ringcxFor = (accountId) => {
    const ringcx = ringcxFor(accountId);
    return { ...ringcx, account: (_, options) => ringcx.account(fixture.simulator.accountId, options) };
  };
  await fixture.clock.sleep(600_000);
  await sweep(unknown);
  await sweep(fixture.simulator.accountId);
  expect(fixture.outcomes.slice(1)).toMatchObject([
    { status: "NO_CHANGE", summary: expect.stringMatching(/^Account 999999: RingCX refuses it no more/) },
  ]);
});

test("an account that cannot be asked is not one that is refused", async () => {
  fixture.simulator.faults.add({ kind: "status", status: 503, times: "always" });
  await sweep(unknown);
  expect(fixture.outcomes).toEqual([]);
});

test("of a connection with more than a hundred accounts none is read for this alone", async () => {
  const [connection] = fixture.dependencies.connections;
  while (connection && connection.accountIds.length < 101)
    connection.accountIds.push(`8${connection.accountIds.length}`);
  await sweep(unknown);
  expect({ trees: trees(), told: fixture.outcomes }).toEqual({ trees: 0, told: [] });
  connection?.accountIds.pop();
  await sweep(unknown);
  expect({ trees: trees(), told: fixture.outcomes.length }).toEqual({ trees: 1, told: 1 });
});

import { afterEach, expect, test } from "vitest";
import { groupState } from "../../../cli/conformance/own-names.ts";
import type { Profile } from "../../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import { startAccount } from "./account.ts";

let stop = async () => {};
afterEach(() => stop());

async function start(profile: Partial<Profile> = {}) {
  const account = await startAccount(profile, { authConfigs: 3 });
  stop = () => account.simulator.stop();
  return account;
}

/** A run that Ctrl-C ends as soon as RingCX has answered an operation. */
async function interruptedAfter(account: Awaited<ReturnType<typeof start>>, operation: string, times = 1) {
  const interrupt = new AbortController();
  account.onRequest = () => {
    const seen = account.simulator.requests.filter((one) => one.operation === operation).length;
    if (seen >= times) interrupt.abort(new Error("Interrupted."));
  };
  return account.attempt(interrupt.signal);
}

/** What nobody can ask. */
const alwaysTold = /^(it needs a second user|no call of the API)/;

test.each([
  { operation: "createHttpService", asked: [], open: ["services.put", "clones.state", "lists.order", "tokens.life"] },
  {
    operation: "cloneHttpService",
    asked: ["services.put", "authConfigs.patch", "consistency.lists"],
    open: ["clones.state", "clones.inputs", "lists.order", "errors.missing", "names.case", "rate.window"],
  },
])("after Ctrl-C at $operation what was not asked is told as that, whatever else it could be", async (one) => {
  const account = await start();
  const { findings, endedBy } = await interruptedAfter(account, one.operation);
  expect(endedBy).toBeDefined();
  for (const name of one.open) {
    expect({ name, ...findings.get(name as never) }).toEqual({
      name,
      because: "interrupted before it was asked",
    });
  }
  for (const name of one.asked) expect(findings.get(name as never)?.answer, name).toBeDefined();
  const others = [...findings.values()].flatMap((finding) => (finding.answer === undefined ? [finding.because] : []));
  expect(others.filter((because) => !alwaysTold.test(because))).toEqual(
    others.filter((because) => because === "interrupted before it was asked"),
  );
});

test("what was asked to its end keeps its own reason, also where Ctrl-C comes then", async () => {
  // The removal takes the auth configs last; the end of a token is waited for behind it.
  const { findings, endedBy } = await interruptedAfter(await start(), "deleteExternalAuthConfigById", 2);
  expect(endedBy).toBeDefined();
  expect(findings.get("tokens.life")).toMatchObject({ because: "interrupted before it was asked" });
  expect(findings.get("lists.defaultPage")).toMatchObject({
    because: expect.stringMatching(/^not less than \d+ rows/),
  });
});

test("a run that an error ends tells so, and one that is through tells nothing of it", async () => {
  const account = await start();
  account.onRequest = (count) => {
    if (count === 60) throw new Error("broken");
  };
  const { findings } = await account.attempt();
  expect(findings.get("lists.firstPage")).toMatchObject({ because: "the run ended before it was asked" });
  account.onRequest = () => {};
  const through = await account.run(undefined, { isOver: () => true });
  const told = [...through.findings.values()].filter(
    (finding) => finding.answer === undefined && /ended before|interrupted/.test(finding.because),
  );
  expect(told).toEqual([]);
});

test.each([
  { how: "interrupted", clones: 1, withinMs: 13_500 },
  // It waits for the list.
  { how: "through", clones: 2, withinMs: 15_500 },
])(
  "a clone that is born active is out, or gone, as soon as a late list shows it ($how)",
  async ({ how, clones, withinMs }) => {
    const account = await start({ "clones.state": "active", "services.born": "active", "consistency.lists": "stale" });
    /** From when and until when each clone was seen active. */
    const active = new Map<number, { from: number; to: number }>();
    const interrupt = new AbortController();
    account.onRequest = () => {
      const { requests } = account.simulator;
      const isCloned = requests.some(({ operation }) => operation === "cloneHttpService");
      if (how === "interrupted" && isCloned) interrupt.abort(new Error("Interrupted."));
      const now = account.clock.now();
      for (const { groupName, services } of account.simulator.state().groups) {
        if (groupState(groupName) === undefined) continue;
        for (const { serviceId, serviceDescription, isEnabled } of services) {
          if (isEnabled && /clone/i.test(serviceDescription)) {
            active.set(serviceId, { from: active.get(serviceId)?.from ?? now, to: now });
          }
        }
      }
    };
    await account.attempt(interrupt.signal);
    expect(active.size).toBe(clones);
    for (const { from, to } of active.values()) expect(to - from).toBeLessThanOrEqual(withinMs);
  },
);

test("a service with an odd name that is born active is out as soon as the list shows it", async () => {
  const account = await start({ "services.born": "active" });
  const isListed = () => account.simulator.requests.some(({ operation }) => operation === "getHttpService");
  let active: string[] | undefined;
  let isLate = false;
  account.onRequest = () => {
    const { requests } = account.simulator;
    // Of what is not there: the first read after the names.
    isLate ||= isListed() && requests.at(-1)?.path.endsWith("2147483600") === true;
    if (isLate) active ??= ownActive(account);
  };
  await account.run();
  expect(isLate).toBe(true);
  expect(active).toEqual([]);
});

test.each([
  { what: "born active", profile: { "services.born": "active" } as const },
  { what: "activated to be deleted", profile: { "services.inactiveDelete": "conflict" } as const },
])("what RingCX does not delete is not left active ($what)", async ({ profile }) => {
  const account = await start(profile);
  const match = { operation: "deleteRemoteHttpServiceUsingDELETE" };
  account.simulator.faults.add({ kind: "status", status: 409, times: 10_000, match });
  const { left } = await account.attempt();
  const own = account.simulator
    .state()
    .groups.flatMap(({ groupName, services }) => (groupState(groupName) === undefined ? [] : services));
  expect(own.length).toBeGreaterThan(5);
  expect(ownActive(account)).toEqual([]);
  expect(left.filter((one) => /^the service .*did not delete: it is inactive$/.test(one)).length).toBe(own.length);
});

/** The runs' own services that are active. */
function ownActive({ simulator }: Awaited<ReturnType<typeof start>>) {
  return simulator
    .state()
    .groups.flatMap(({ groupName, services }) =>
      groupState(groupName) === undefined
        ? []
        : services.flatMap((one) => (one.isEnabled ? [one.serviceDescription] : [])),
    );
}

import { expect, test } from "vitest";
import { lanesOf, type Queued } from "../../../../functions/rotate-credentials/sync/lanes.ts";
import { forEachAccount } from "../../../../shared/primitives/each-account.ts";
import type { CredentialRecord } from "../../../../shared/records/credential/auth-config-state.ts";
import type { IssuedCredential } from "../../../../shared/records/credential/issued-credential.ts";
import { VirtualTime } from "../../../support/virtual-time.ts";

interface Secret extends Queued {
  name: string;
}

function secret(
  name: string,
  accountIds: readonly string[],
  attempts = 0,
  credentials: readonly IssuedCredential[] = [],
): Secret {
  const bindings = accountIds.map((accountId) => ({
    connection: "main",
    authType: "APIKEY" as const,
    accountId,
    authConfigId: name,
    secretArn: name,
    providerName: name,
  }));
  const failure = attempts === 0 ? undefined : { attempts };
  return { name, bindings, records: [{ failure } as unknown as CredentialRecord], secretRecords: { credentials } };
}

/** A credential whose time is over. */
const due = (of: Partial<IssuedCredential> = {}): IssuedCredential[] => [
  { versionId: "v", issuer: "arn:issuer", authType: "APIKEY", revokeAfter: 0, ...of },
];

const namesOf = (lanes: readonly (readonly Secret[])[]) => lanes.map((lane) => lane.map(({ name }) => name));

test("secrets with an account in common are in one lane, also where another one joins them", () => {
  const secrets = [secret("a", ["1"]), secret("b", ["2"]), secret("c", ["3"]), secret("ab", ["1", "2"])];
  expect(namesOf(lanesOf(secrets, 0))).toEqual([["a", "b", "ab"], ["c"]]);
});

test("what has failed before comes last, in its lane and among the lanes", () => {
  const secrets = [secret("x", ["1"], 3), secret("a", ["2"], 1), secret("b", ["2"]), secret("c", ["3"])];
  expect(namesOf(lanesOf(secrets, 0))).toEqual([["b", "a"], ["c"], ["x"]]);
});

test("what waits for an issuer comes behind that, and last the one that has failed, of the oldest try first", () => {
  const failed = (day: string) => due({ failure: "silent", revokingAt: `2026-01-${day}T00:00:00Z` });
  const secrets = [
    secret("later", ["1"], 0, failed("02")),
    secret("earlier", ["1"], 0, failed("01")),
    secret("due", ["1"], 0, due()),
    secret("x", ["1"], 3),
    secret("over", ["1"], 0, due({ ...failed("03")[0], revokedAt: "2026-01-03T00:00:00Z" })),
    secret("not yet", ["1"], 0, due({ revokeAfter: 1 })),
  ];
  expect(namesOf(lanesOf(secrets, 0))).toEqual([["over", "not yet", "x", "due", "earlier", "later"]]);
});

/** Works off lanes as a run does that has so long, in virtual time. @returns when each secret was done, in ms */
async function workOff(
  secrets: readonly Secret[],
  { runMs, msOf, at = 0 }: { runMs: number; msOf: (name: string) => number; at?: number },
): Promise<{ doneAt: Map<string, number>; mostAtOnce: number }> {
  const time = new VirtualTime();
  const begun = time.now;
  const doneAt = new Map<string, number>();
  const busy = new Set<string>();
  let mostAtOnce = 0;
  const working = forEachAccount(lanesOf(secrets, at), async (lane) => {
    for (const { name, bindings } of lane) {
      if (time.now - begun > runMs) continue;
      for (const { accountId } of bindings) {
        expect(busy.has(accountId)).toBe(false);
        busy.add(accountId);
      }
      mostAtOnce = Math.max(mostAtOnce, busy.size);
      await time.sleep(msOf(name));
      for (const { accountId } of bindings) busy.delete(accountId);
      doneAt.set(name, time.now - begun);
    }
  });
  await time.run(working);
  return { doneAt, mostAtOnce };
}

/** A run has four minutes, and begins nothing in its last 20 seconds. */
const runMs = 220_000;
const thousand = Array.from({ length: 1_000 }, (_, index) => secret(`${index}`, [`${index}`]));

test("a thousand secrets that changed at once are written in one run, whatever ten slow accounts do", async () => {
  // Two seconds for a secret; a call of an account that is not answered takes a minute.
  const msOf = (name: string) => (Number(name) < 10 ? 60_000 : 2_000);
  const { doneAt, mostAtOnce } = await workOff(thousand, { runMs, msOf });
  expect(doneAt.size).toBe(1_000);
  expect(Math.max(...doneAt.values())).toBeLessThan(runMs / 2);
  expect(mostAtOnce).toBe(25);
});

test("with two hundred slow accounts every other one has its turn within a few runs", async () => {
  const msOf = (name: string) => (Number(name) < 200 ? 60_000 : 2_000);
  const left = new Set(thousand.slice(200).map(({ name }) => name));
  for (let run = 0; left.size > 0 && run < 4; run += 1) {
    const waiting = thousand.filter(({ name }) => Number(name) < 200 || left.has(name));
    const { doneAt } = await workOff(waiting, { runMs, msOf, at: run * 5 * 60_000 });
    for (const name of doneAt.keys()) left.delete(name);
  }
  expect(left.size).toBe(0);
});

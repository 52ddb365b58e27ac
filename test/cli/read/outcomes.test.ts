import { describe, expect, test } from "vitest";
import {
  outcomeVersion,
  readOutcomes,
  readOwnOutcome,
  readProgress,
  waitForOutcome,
} from "../../../cli/read/outcomes.ts";
import type { Outcome } from "../../../shared/contract/outcome.ts";
import { eventClaimItem } from "../../../shared/records/event-claim.ts";
import { messagePartItem } from "../../../shared/records/message-progress.ts";
import { toItems } from "../../../shared/records/outcome.ts";
import { MemoryStateTable } from "../../../shared/state/memory-table.ts";

const start = Date.parse("2026-03-01T00:10:00Z");
const cause = { source: "/crm", id: "1", type: "ringcx.apply.v1" };
const messageId = "0c1d5c9e-5f6b-4c1a-9d53-6a0c8e6f2b10";
const sent = { source: "/crm", id: "1", content: "ours", messageId };

const outcome = (at: number, id = "1"): Outcome => ({
  specversion: "1.0",
  id: `/crm/${id}`,
  source: "/ringcx-automation",
  type: "ringcx.outcome.v1",
  time: new Date(at).toISOString(),
  data: { status: "SUCCEEDED", summary: "done", cause: { ...cause, id } },
});

/** A table, and a clock on which waiting takes no time; what is to come comes while somebody waits. */
function world(coming: readonly [afterMs: number, outcome: Outcome][]) {
  const table = new MemoryStateTable();
  let now = start;
  const save = async (one: Outcome) => {
    for (const item of toItems(one)) await table.put(item);
  };
  const clock = {
    now: () => now,
    async sleep(ms: number, signal?: AbortSignal) {
      signal?.throwIfAborted();
      for (const [afterMs, one] of coming) {
        if (start + afterMs > now && start + afterMs <= now + ms) await save(one);
      }
      now += ms;
    },
  };
  return { table, clock, save };
}

const { signal } = new AbortController();

test("an outcome is there as soon as it is in the table", async () => {
  const { table, clock } = world([[3_000, outcome(start + 3_000)]]);
  const found = await waitForOutcome({ table, clock }, sent, { timeoutMs: 60_000, signal });
  expect(found).toMatchObject({ data: { summary: "done" } });
  expect(clock.now() - start).toBeLessThanOrEqual(3_500);
});

test("without one the waiting ends in time, and the outcome of an earlier message of the name is not it", async () => {
  const { table, clock, save } = world([]);
  await save(outcome(start - 60_000));
  const earlier = await outcomeVersion(table, cause);
  expect(await waitForOutcome({ table, clock }, sent, { timeoutMs: 10_000, signal, earlier })).toBeUndefined();
  expect(clock.now() - start).toBe(10_000);
});

test("a command that is sent again is told as before: that is its outcome, whatever time it has", async () => {
  const before = outcome(start - 60_000);
  const { table, clock, save } = world([[3_000, before]]);
  await save(before);
  const earlier = await outcomeVersion(table, cause);
  expect(await waitForOutcome({ table, clock }, sent, { timeoutMs: 60_000, signal, earlier })).toEqual(before);
  expect(clock.now() - start).toBeLessThanOrEqual(3_500);
});

describe("where another content has the id", () => {
  const claimed = async (content: string, refused?: true) => {
    const own = outcome(start + 5_000, `1#${messageId}`);
    const found = world([
      [1_000, outcome(start + 1_000)],
      [5_000, own],
    ]);
    const claim = { content, messageId: "m1", accountId: "1", sequence: "", ...(refused && { isIdFree: refused }) };
    await found.table.put(eventClaimItem(cause, claim, start));
    return { ...found, own };
  };

  test("what is refused is told by its own outcome, whichever comes first", async () => {
    const { table, clock, own, save } = await claimed("theirs");
    expect(await waitForOutcome({ table, clock }, sent, { timeoutMs: 60_000, signal })).toEqual(own);
    await save(outcome(start + 6_000));
    expect(await waitForOutcome({ table, clock }, sent, { timeoutMs: 60_000, signal })).toEqual(own);
    expect(await readOwnOutcome(table, sent)).toEqual(own);
    expect(await readOwnOutcome(table, { ...sent, messageId: "m1" })).toEqual(outcome(start + 6_000));
  });

  test("what the other one has done so far is not this one's", async () => {
    const { table } = await claimed("theirs");
    const resource = { kind: "httpServiceGroup", name: "CRM", result: "CREATED" } as const;
    const ended = { outcome: resource, isCreated: true, isSuperseded: false, isUnvalidated: false };
    await table.put(messagePartItem(cause, { messageId: "m1", part: "CRM", ended }, start / 1_000 + 60));
    expect(await readProgress(table, sent, start)).toEqual([]);
    expect(await readProgress(table, { ...sent, content: "theirs" }, start)).toEqual([resource]);
  });

  test.each([
    ["of a claim of its own content", "ours", undefined],
    ["of one that left the id free", "theirs", true],
  ] as const)("the outcome is its own %s", async (_, content, refused) => {
    const { table, clock } = await claimed(content, refused);
    const found = await waitForOutcome({ table, clock }, sent, { timeoutMs: 60_000, signal });
    expect(found).toEqual(outcome(start + 1_000));
  });
});

test("Ctrl-C ends it at once", async () => {
  const interrupt = new AbortController();
  const { table, clock } = world([]);
  const waiting = waitForOutcome({ table, clock }, sent, {
    timeoutMs: 60_000,
    signal: interrupt.signal,
    onLook: async () => interrupt.abort(new Error("interrupted")),
  });
  await expect(waiting).rejects.toThrow("interrupted");
  expect(clock.now()).toBe(start);
});

test("outcomes of a time are read over midnight, the newest first; what cannot be read is left out", async () => {
  const { table, save } = world([]);
  const hour = 60 * 60_000;
  for (const [index, at] of [start - 25 * hour, start - hour, start - 60_000].entries())
    await save(outcome(at, `${index}`));
  await table.put({ pk: "OUTCOMES#2026-03-01", sk: "broken" });
  const found = await readOutcomes(table, { since: start - 2 * hour, now: start });
  expect(found.map(({ id }) => id)).toEqual(["/crm/2", "/crm/1"]);
});

import { expect, test } from "vitest";
import { publishFaults } from "../../../functions/fail-over-services/report/fault-report.ts";
import { publishInvalidTag } from "../../../functions/fail-over-services/report/invalid-tags.ts";
import { newCarrier, noteIntent } from "../../../shared/activation/intents.ts";
import { overtaken } from "../../../shared/activation/overtaken.ts";
import type { OutcomeData } from "../../../shared/contract/outcome.ts";
import { noteOutcome } from "../../../shared/outcomes/note-outcome.ts";
import { createOutcomes } from "../../../shared/outcomes/outcome-publisher.ts";
import { publishableData } from "../../../shared/outcomes/publishable.ts";
import { longestOutcome } from "../../../shared/outcomes/shorten-outcome.ts";
import { tellAsBefore } from "../../../shared/outcomes/told-before.ts";
import { systemClock } from "../../../shared/primitives/clock.ts";
import { correlated } from "../../../shared/primitives/correlation.ts";
import { emptyActivation, type Intent } from "../../../shared/records/account/activation.ts";
import { notedOutcomeSchema } from "../../../shared/records/noted-outcome.ts";
import { outcomeKey, toItems } from "../../../shared/records/outcome.ts";
import { noteId } from "../../../shared/records/sweep-progress.ts";
import { MemoryStateTable } from "../../../shared/state/memory-table.ts";

// Whatever an outcome is about, it says for which events it was made, and whoever tells it later says the same.

const clock = { ...systemClock, now: () => Date.UTC(2030, 0, 2) };
const topics = { publish: async () => {} };
const at = "2030-01-02T00:00:00.000Z";
const data: OutcomeData = {
  status: "SUCCEEDED",
  summary: "x deactivated.",
  cause: { source: "arn:alarm", id: "x/1", type: "ringcx.alarm" },
  resources: [{ kind: "httpService", name: "x", result: "UPDATED", changes: ["deactivated"] }],
};

function publisher() {
  const table = new MemoryStateTable();
  const events: unknown[] = [];
  const onOutcome = (outcome: { data: OutcomeData }) => events.push(outcome.data.details?.correlationId);
  const outcomes = createOutcomes({ table, topics, topicArn: "topic", environment: "test", clock, onOutcome });
  return { outcomes, table, events };
}

test.each<[what: string, publish: (of: ReturnType<typeof publisher>) => Promise<unknown>]>([
  [
    "a fault of our own",
    ({ outcomes }) => {
      const fault = { key: "TREE", subject: "The account", because: "it is refused.", meaning: "Nothing is seen" };
      const noted = { open: { TREE: at }, begun: [noteId("TREE")], ended: {} };
      return publishFaults({ outcomes }, "123456", noted, [fault]);
    },
  ],
  [
    "a tag that is wrong",
    ({ outcomes }) => {
      const tag = { alarmArn: "arn:alarm", value: "?", problems: [{ message: "no service", hint: "name one" }] };
      return publishInvalidTag({ outcomes } as Parameters<typeof publishInvalidTag>[0], tag, at);
    },
  ],
  ["anything that a run finds", ({ outcomes }) => outcomes.publish(data)],
])("%s says which run has found it", async (_, publish) => {
  const made = publisher();
  await correlated("run-1", () => publish(made));
  expect(made.events).toEqual(["run-1"]);
});

test("of several events, of one that says it itself, and of none", async () => {
  const { outcomes, events } = publisher();
  await correlated(["a", "b"], () => outcomes.publish(data));
  await correlated("run", () => outcomes.publish({ ...data, details: { correlationId: "version", proof: "none" } }));
  await outcomes.publish(data);
  expect(events).toEqual([["a", "b"], "version", "x/1"]);
});

test("what is noted for one event is told the same for another, also as overtaken, or again", async () => {
  const { outcomes, table, events } = publisher();
  const carrier = newCarrier(clock.now());
  const change = { isActive: false, because: "outage" };
  const options = { carrier, now: clock.now(), outcomeOf: () => data };
  const [intent] = correlated("alarm", () => noteIntent(emptyActivation, change, options)).intents;
  const [later] = overtaken(intent as Intent, { isActive: true, by: "a person", now: clock.now() });
  await correlated("sweep", async () => {
    for (const { outcome } of [intent as Intent, later as Intent]) await outcomes.publish(outcome as OutcomeData, at);
    await tellAsBefore({ table, outcomes }, data.cause);
  });
  expect(events).toEqual(["alarm", "alarm", "alarm"]);
});

test("what releases before this one stored without it was made for its cause", async () => {
  const { outcomes, table, events } = publisher();
  const [item] = toItems({
    specversion: "1.0",
    type: "ringcx.outcome.v1",
    source: "/s",
    id: "i",
    time: at,
    datacontenttype: "application/json",
    data,
  });
  await table.put({ ...item, ...outcomeKey(data.cause.source, data.cause.id) });
  await correlated("sweep", () => tellAsBefore({ table, outcomes }, data.cause));
  expect(events).toEqual(["x/1"]);
  expect(notedOutcomeSchema.parse(data).details.correlationId).toBe("x/1");
});

test("an outcome that is shortened keeps it whole", () => {
  const id = "e".repeat(1_000);
  const problems = Array.from({ length: 500 }, (_, index) => ({ path: `${index}`, message: "m".repeat(2_000) }));
  const details = { long: Array.from({ length: 1_000 }, () => "d".repeat(300)) };
  const long = correlated(id, () => noteOutcome({ ...data, problems, details }));
  const shorter = publishableData(long);
  expect(JSON.stringify(shorter).length).toBeLessThan(longestOutcome);
  expect(shorter.details).toMatchObject({ correlationId: id, leftOut: expect.anything() });
});

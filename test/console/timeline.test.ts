import { describe, expect, it } from "vitest";
import { logEntry, outcomeEntry, Timeline } from "../../console/timeline.ts";
import type { Outcome } from "../../shared/contract/outcome.ts";

const asked = (at: number) => ({
  method: "GET",
  path: "/voice",
  operation: "getIt",
  status: 200,
  at,
  accountId: "123456",
});

describe("the timeline", () => {
  it("tells each request once, those behind an emptied list, too", () => {
    const timeline = new Timeline();
    const requests = [asked(1), asked(2)];
    timeline.addRequests(requests);
    timeline.addRequests(requests);
    requests.push(asked(3));
    timeline.addRequests(requests);
    expect(timeline.since(0).map(({ at, number }) => [number, at])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    requests.length = 0;
    requests.push(asked(4));
    timeline.addRequests(requests);
    expect(timeline.since(3).map(({ at }) => at)).toEqual([4]);
  });

  it("tells what is new in a list that holds the latest only", () => {
    const timeline = new Timeline();
    const requests = [asked(1), asked(2), asked(3)];
    timeline.addRequests(requests);
    requests.shift();
    requests.push(asked(4));
    timeline.addRequests(requests);
    expect(timeline.since(0).map(({ at }) => at)).toEqual([1, 2, 3, 4]);
  });

  it("keeps the last two thousand", () => {
    const timeline = new Timeline();
    timeline.addRequests(Array.from({ length: 2_500 }, (_, index) => asked(index)));
    expect(timeline.since(0)).toHaveLength(2_000);
    expect(timeline.since(2_499).map(({ at }) => at)).toEqual([2_499]);
  });

  it("tells an outcome with its resources and problems, each with its hint", () => {
    const outcome = {
      time: "2030-01-01T00:00:00Z",
      data: {
        status: "REJECTED",
        summary: "Nothing was done.",
        cause: { id: "m1", source: "/crm", type: "ringcx.apply.v1" },
        accountId: "123456",
        resources: [{ kind: "httpService", name: "A/B", result: "FAILED", changes: ["created"] }],
        problems: [{ path: "data.x", message: "is none", hint: "take y" }],
      },
    } as unknown as Outcome;
    expect(outcomeEntry(outcome)).toEqual({
      at: Date.UTC(2030, 0, 1),
      kind: "outcome",
      text: "REJECTED: Nothing was done.",
      tone: "bad",
      correlationId: "m1",
      accountId: "123456",
      more: ['FAILED httpService "A/B": created', "data.x: is none (take y)"],
    });
  });

  it("tells a log line with its facts, and without what the logger adds to each", () => {
    const record = {
      level: "WARN",
      message: "message deferred",
      timestamp: "2030-01-01T00:00:01.000Z",
      service: "s",
      cold_start: true,
      correlationId: "m1",
      waitMs: 5,
    };
    expect(logEntry(record, "Worker", 0)).toEqual({
      at: Date.UTC(2030, 0, 1, 0, 0, 1),
      kind: "log",
      text: "Worker: message deferred",
      tone: "bad",
      correlationId: "m1",
      more: ["waitMs: 5"],
    });
    expect(logEntry({ message: "no time" }, "Worker", 7)).toMatchObject({ at: 7, tone: "plain", more: [] });
  });
});

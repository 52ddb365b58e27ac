import { expect, test } from "vitest";
import { folded } from "../../console/page/folded.ts";
import type { TimelineEntry } from "../../console/timeline.ts";

let number = 0;
function entry(at: number, text: string, more: Partial<TimelineEntry> = {}): TimelineEntry {
  number += 1;
  return { number, at, kind: "request", text, tone: "plain", ...more };
}
const of = (accountId: string) => ({ accountId });
const told = (entries: readonly TimelineEntry[]) =>
  folded(entries).map(({ text, accountId = "", times }) => `${accountId} ${text} ${times}`.trim());

test("entries stand in the order of their times, whenever they became known", () => {
  const outcome = entry(5, "SUCCEEDED: done", { kind: "outcome", correlationId: "m1", tone: "good" });
  expect(told([outcome, entry(3, "POST a 200"), entry(7, "PUT b 200")])).toEqual([
    "POST a 200 1",
    "SUCCEEDED: done 1",
    "PUT b 200 1",
  ]);
});

test("reads of several accounts in turn are a line each, at their last time", () => {
  const reads = [1, 2, 3].flatMap((at) => [entry(at, "GET groups 200", of("1")), entry(at, "GET groups 200", of("2"))]);
  expect(told(reads)).toEqual(["1 GET groups 200 3", "2 GET groups 200 3"]);
  expect(folded(reads).map(({ at }) => at)).toEqual([3, 3]);
});

test("what else happens stands between reads, and reads behind it begin anew", () => {
  const read = (at: number) => entry(at, "GET groups 200", of("1"));
  expect(told([read(1), read(2), entry(3, "PUT x 200", of("1")), read(4)])).toEqual([
    "1 GET groups 200 2",
    "1 PUT x 200 1",
    "1 GET groups 200 1",
  ]);
});

test("other entries are one only where they follow each other, and an event's never are", () => {
  const refused = (at: number) => entry(at, "PUT x 429", { tone: "bad" });
  expect(told([refused(1), refused(2), entry(3, "GET y 200"), refused(4)])).toEqual([
    "PUT x 429 2",
    "GET y 200 1",
    "PUT x 429 1",
  ]);
  const log = (at: number) => entry(at, "f: done", { kind: "log", correlationId: "m1" });
  expect(told([log(1), log(2)])).toEqual(["f: done 1", "f: done 1"]);
});

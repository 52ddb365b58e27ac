import { expect, test } from "vitest";
import {
  bornActive,
  creationUnseen,
  driftCorrected,
  joinedChanges,
  wasActiveFor,
} from "../../../../functions/provision-services/plan/joined-changes.ts";

test.each(["created", "cloned from W/a"])(
  "%s: what was born active is told behind its making, with one figure",
  (made) => {
    const earlier = [made, "input q created", bornActive, wasActiveFor(7_400)];
    const now = [made, bornActive, wasActiveFor(29_000), "activated"];
    const joined = [made, bornActive, wasActiveFor(7_400), "input q created", "activated"];
    expect(joinedChanges(earlier, now, { wasCreated: true })).toEqual(joined);
  },
);

test("what nothing was born with stays in its order", () => {
  expect(joinedChanges(["url", "activated"], ["input q created"], { wasCreated: false })).toEqual([
    ...["url", "activated", "input q created"],
  ]);
});

test.each([true, false])(
  "what nobody saw end is told of an auth config that another made: created by an earlier turn %s",
  (wasCreated) => {
    const joined = joinedChanges(["created"], [creationUnseen], { wasCreated });
    expect(joined).toEqual(wasCreated ? ["created"] : ["created", creationUnseen]);
  },
);

test("drift that an earlier turn has made itself is none; other drift is told", () => {
  const now = [`url${driftCorrected}`, `httpMethod${driftCorrected}`];
  expect(joinedChanges(["url"], now, { wasCreated: false })).toEqual(["url", `httpMethod${driftCorrected}`]);
});

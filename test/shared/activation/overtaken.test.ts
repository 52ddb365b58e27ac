import { expect, test } from "vitest";
import { alreadyInactive, overtaken } from "../../../shared/activation/overtaken.ts";
import type { Intent } from "../../../shared/records/account/activation.ts";
import { correlatedWith } from "../../../shared/records/noted-outcome.ts";

const now = Date.UTC(2030, 0, 1, 0, 5);
const since = "2030-01-01T00:05:00.000Z";
const deactivate: Intent = {
  generation: 3,
  isActive: false,
  because: "an alarm fires. ",
  since: "2030-01-01T00:00:00.000Z",
};
const outcomeOf = (type: string) =>
  correlatedWith(
    {
      accountId: "123456",
      status: "SUCCEEDED",
      summary: "G/S is deactivated.",
      cause: { source: "/ops", id: "c1", type },
      resources: [{ kind: "httpService", name: "G/S", result: "UPDATED", changes: ["deactivated"] }],
      details: { alarms: ["a"] },
    },
    "e1",
  );
const ofAlarm: Intent = { ...deactivate, outcome: outcomeOf("aws.alarm") };
const ofCommand: Intent = { ...deactivate, outcome: outcomeOf("ringcx.command.v1") };
const facts = { isActive: true, by: "it is released", now };

test("what was overtaken is told as not carried out, under an id of its own, for the same events", () => {
  expect(overtaken(ofAlarm, facts)).toEqual([
    {
      ...deactivate,
      since,
      isApplied: true,
      outcome: {
        accountId: "123456",
        status: "SUPERSEDED",
        summary:
          "G/S left active: an alarm fires; not carried out, because RingCX had not done it when this came after it: it is released.",
        cause: { source: "/ops", id: "c1/overtaken", type: "aws.alarm" },
        resources: [{ kind: "httpService", name: "G/S", result: "UNCHANGED", changes: ["left active"] }],
        details: { correlationId: "e1" },
      },
    },
  ]);
});

test("whoever sent a command hears it under the command's id", () => {
  const [told] = overtaken(ofCommand, { ...facts, isActive: false });
  expect(told?.outcome).toMatchObject({
    cause: { id: "c1" },
    summary: expect.stringMatching(/^G\/S left inactive: /),
    resources: [{ changes: ["left inactive"] }],
  });
});

test("what began while the service was out already is told as no change, with what brings it back", () => {
  expect(alreadyInactive(ofAlarm, { ends: "It comes back by itself", now })).toEqual([
    {
      ...deactivate,
      since,
      isApplied: true,
      outcome: {
        ...ofAlarm.outcome,
        status: "NO_CHANGE",
        summary: "G/S stays inactive: an alarm fires; it was inactive already. It comes back by itself.",
        resources: [{ kind: "httpService", name: "G/S", result: "UNCHANGED", changes: ["stays inactive"] }],
      },
    },
  ]);
});

test("a service without a name is one all the same, and no account is named that is not known", () => {
  const { accountId: _, resources: __, ...nameless } = outcomeOf("aws.alarm");
  const intent = { ...deactivate, outcome: nameless };
  const [left] = overtaken(intent, facts);
  expect(left?.outcome?.summary).toMatch(/^The service left active/);
  expect(left?.outcome).toMatchObject({ resources: [] });
  expect(left?.outcome).not.toHaveProperty("accountId");
  const [stays] = alreadyInactive(intent, { ends: "It ends", now });
  expect(stays?.outcome).toMatchObject({
    summary: expect.stringMatching(/^The service stays inactive/),
    resources: [],
  });
});

test("nothing is told of what was refused, of what nobody tells, nor of a command that whoever took it in answers", () => {
  for (const intent of [deactivate, { ...ofAlarm, isRefused: true as const }]) {
    expect(overtaken(intent, facts)).toEqual([]);
    expect(alreadyInactive(intent, { ends: "It ends", now })).toEqual([]);
  }
  expect(alreadyInactive(ofCommand, { ends: "It ends", now })).toEqual([]);
});

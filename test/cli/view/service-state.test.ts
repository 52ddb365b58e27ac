import { expect, test } from "vitest";
import type { KnownService, UnreadableKind } from "../../../cli/read/services.ts";
import { plain } from "../../../cli/view/paint.ts";
import { serviceState } from "../../../cli/view/service-state.ts";
import { type Story, storyText } from "../../../cli/view/story.ts";
import {
  type ActivationChange,
  type ActivationRecord,
  emptyActivation,
  type InactiveReason,
} from "../../../shared/records/account/activation.ts";
import { fromItem, recordAfter } from "../../../shared/records/account/activation-item.ts";
import { type FailoverMemory, failoverAttributes } from "../../../shared/records/account/failover-memory.ts";

const now = Date.parse("2026-03-01T12:00:00Z");
const since = "2026-03-01T11:55:00Z";
const later = "2026-03-01T11:58:00Z";
const alarms = ["arn:aws:cloudwatch:eu-central-1:111122223333:alarm:crm"];
const outage: InactiveReason = { kind: "OUTAGE", since, alarms, confirmedByProbe: false };
const manual: InactiveReason = { kind: "MANUAL", since };

function known(
  record: Partial<ActivationRecord>,
  memory: FailoverMemory = {},
  rest: Partial<KnownService> = {},
): KnownService {
  const name = { accountId: "123456", groupName: "CRM", serviceDescription: "lookup" };
  return {
    name,
    declared: undefined,
    alarms: [],
    record: { ...emptyActivation, ...record, writerAttributes: failoverAttributes({ memory }) },
    memory,
    unreadable: [],
    ...rest,
  };
}

function storyOf(service: KnownService): Story {
  const { memory } = service;
  return { state: serviceState(service, now), memory, alarms: [], notAsked: [], outcomes: [] };
}
const story = (service: KnownService) => storyText(storyOf(service), now, plain);

const intent = { generation: 1, isActive: false, because: "outage", since };
const active = { isActive: true, at: "2026-03-01T10:00:00Z" };

test.each([
  ["one to deactivate", intent, active, `should be inactive since ${since} (5 min ago), not yet carried out`],
  ["one to activate", { ...intent, isActive: true }, { ...active, isActive: false }, `should be active since ${since}`],
])("an intent that is open is told, and needs a person after a while: %s", (_, pending, lastAppliedState, words) => {
  const service = known({ reasons: pending.isActive ? [] : [outage], intents: [pending], lastAppliedState });
  const state = serviceState(service, now);
  expect(state.pending).toContain(words);
  expect(state.needsPerson).toEqual([expect.stringContaining(words)]);
  expect(story(service)).toContain(words);
  expect(serviceState(service, Date.parse(since) + 1_000)).toMatchObject({
    pending: expect.stringContaining("being tried"),
    needsPerson: [],
  });
});

test.each([
  ["off", "failover is off for it (health.mode)", "probed by its validation request"],
  ["observe", "failover only observes it (health.mode)", "failover is off"],
  ["enforce", "probed by its validation request", "health.mode"],
] as const)("why says that the mode of a manifest is %s, whatever the environment's", (mode, said, unsaid) => {
  for (const failoverMode of [undefined, "enforce", "observe", "off"] as const) {
    const { state, ...rest } = storyOf(known({}, {}, { alarms }));
    const own = { state: { ...state, failoverMode: mode }, declared: { isProbed: true, mode } };
    const text = storyText({ ...rest, ...own, ...(failoverMode && { failoverMode }) }, now, plain);
    expect(text).toContain(said);
    expect(text).not.toContain(unsaid);
    expect(text).not.toContain("failover.mode");
  }
});

test.each([
  ["off", "failover is off in this environment (failover.mode)"],
  ["observe", "failover only observes in this environment (failover.mode)"],
] as const)("and that the environment's is %s where the manifest says none, or there is none", (failoverMode, said) => {
  for (const declared of [undefined, { isProbed: true }]) {
    const text = storyText({ ...storyOf(known({})), ...(declared && { declared }), failoverMode }, now, plain);
    expect(text).toContain(said);
    if (failoverMode === "off") expect(text).not.toContain("probed by");
  }
});

test("an active service that should not be is not said to be inactive", () => {
  const text = story(known({ reasons: [outage], intents: [intent], lastAppliedState: active }));
  expect(text).toContain("Why it should be inactive");
  expect(text).not.toContain("Why it is inactive");
});

test("an intent that was carried out is not pending, nor is one that hands off holds back", () => {
  const record = { reasons: [outage], lastAppliedState: { isActive: false, at: since } };
  expect(serviceState(known({ ...record, intents: [{ ...intent, isApplied: true }] }), now).pending).toBeUndefined();
  const handsOff = { by: "ada", why: "x", since };
  const held = known({ ...record, lastAppliedState: active, intents: [intent], handsOff });
  expect(serviceState(held, now)).toMatchObject({ pending: undefined, needsPerson: [] });
});

test.each<[string, Partial<ActivationRecord>, string | undefined]>([
  ["nothing", {}, 'override CRM/lookup --why "REASON"'],
  ["an override", { override: { by: "ada", why: "x", since } }, undefined],
  [
    "hands off",
    { handsOff: { by: "ada", why: "x", since } },
    'release CRM/lookup, then override CRM/lookup --why "REASON"',
  ],
  [
    "both",
    { handsOff: { by: "ada", why: "x", since }, override: { by: "ada", why: "x", since } },
    'release CRM/lookup, then override CRM/lookup --why "REASON"',
  ],
  [
    "hands off that has ended",
    { handsOff: { by: "ada", why: "x", since, until: since } },
    'override CRM/lookup --why "REASON"',
  ],
])("what ends an outage is what has an effect, with %s in force", (_, holds, command) => {
  const { reasons } = serviceState(known({ reasons: [outage], ...holds }), now);
  expect(reasons.map((reason) => reason.command)).toEqual([command]);
});

test("what ends a hold under hands off is one release", () => {
  const kept: InactiveReason = { kind: "KEEP_INACTIVE", since, by: "ada", why: "x" };
  const { reasons } = serviceState(known({ reasons: [kept], handsOff: { by: "ada", why: "x", since } }), now);
  expect(reasons[0]?.command).toBe("release CRM/lookup");
});

const t = (minutes: number) => new Date(now + minutes * 60_000).toISOString();
const written = (isActive: boolean, at: number): [ActivationChange, number] => [
  { lastAppliedState: isActive, appliedGeneration: 100 + at },
  at,
];
const seen = (isActive: boolean, at: number): [ActivationChange, number] => [{ observed: isActive }, at];
const clickedOff = (at: number): [ActivationChange, number] => [
  { add: [{ ...manual, since: t(at) }], observed: false },
  at,
];

test.each<[what: string, changes: [ActivationChange, number][], words: string]>([
  ["an outage", [written(true, -60), written(false, -5)], `since ${t(-5)} (5 min ago)`],
  ["a read that confirms it", [written(true, -60), written(false, -5), seen(false, -2)], `since ${t(-5)} (5 min ago)`],
  [
    "a write after a click",
    [written(true, -60), clickedOff(-5), written(false, -2)],
    `since ${t(-5)} at the latest (5 min`,
  ],
  [
    "a person who switched it on and off during the outage",
    [written(true, -60), written(false, -30), seen(true, -20), seen(false, -10)],
    `since ${t(-10)} at the latest (10 min ago)`,
  ],
  [
    "the same, and our own write of what it is",
    [written(true, -60), written(false, -30), seen(true, -20), seen(false, -10), written(false, -5)],
    `since ${t(-10)} at the latest (10 min ago)`,
  ],
  [
    "a look after an intent was overtaken",
    [written(true, -60), written(false, -30), written(true, -20), seen(false, -10), seen(false, -5)],
    `since ${t(-10)} at the latest (10 min ago)`,
  ],
  ["one that was never looked at before", [seen(false, -5)], `since ${t(-5)} at the latest (5 min ago)`],
  [
    "a new service of an old name",
    [written(false, -30), [{ lastAppliedState: false, isAnew: true }, -5]],
    `since ${t(-5)} (5`,
  ],
])("inactive since: %s", (_, changes, words) => {
  const record = changes.reduce(
    (before, [change, at]) => recordAfter(before, change, now + at * 60_000),
    emptyActivation,
  );
  expect(story(known(record))).toContain(`is inactive, ${words}`);
});

test("inactive since: what earlier releases wrote is a bound, and a record without a time says that it has none", () => {
  const lastAppliedState = { isActive: false, at: since, generation: 1 };
  const observed = { isActive: false, at: later, after: "1" };
  expect(story(known({ lastAppliedState, observed }))).toContain(
    `is inactive, since ${later} at the latest (2 min ago).`,
  );
  const timeless = fromItem({ pk: "", sk: "", version: 1, lastWritten: { isActive: false } });
  expect(story(known(timeless))).toContain("is inactive, since when is not known.");
});

test("what a person has activated against a manifest is active, and since when is not known", () => {
  const record = {
    reasons: [{ kind: "NOT_WANTED", since }] as const,
    lastAppliedState: { isActive: false, at: since, generation: 1 },
  };
  const left = known(record, { seenActive: { after: "1", isTold: true } });
  expect(story(left)).toContain("is active, since when is not known.");
  expect(story(left)).toContain("left active: it was activated in the admin page, although its manifest says inactive");
  expect(story(known(record, { seenActive: { after: "0", isTold: true } }))).toContain("is inactive, ");
});

test("a hold by a click in an outage ends with the outage", () => {
  const override = { by: "admin page", why: "activated during an outage", since };
  const [hold] = serviceState(known({ reasons: [outage], override, lastAppliedState: active }), now).holds;
  expect(hold).toContain("until the outage ends");
});

test("an override is no word about a service that is inactive for another reason", () => {
  const override = { by: "ada", why: "x", since };
  const record = { reasons: [outage, manual], override, lastAppliedState: { isActive: false, at: since } };
  const [hold] = serviceState(known(record), now).holds;
  expect(hold).toMatch(/^outages do not deactivate it, by ada/);
});

test.each<[string, FailoverMemory, Partial<KnownService>, string]>([
  ["without a probe", {}, {}, "no alarm fires, for a while"],
  ["in mode observe", { requiresCommand: true, endsInMode: "observe" }, {}, "no alarm fires, for a while"],
  [
    "of a muted alarm",
    { requiresCommand: true, mutedAlarms: alarms },
    {},
    "its muted alarm no longer fires, for a while",
  ],
  ["that waits for a command", { requiresCommand: true }, {}, "nothing but a command"],
  [
    "whose recovery is manual",
    {},
    { declared: { manifest: { health: { recovery: "manual" } } } as never },
    "the command activate once no alarm fires",
  ],
])("what ends an outage %s", (_, memory, rest, ends) => {
  const service = known({ reasons: [outage], lastAppliedState: { isActive: false, at: since } }, memory, rest);
  expect(serviceState(service, now).reasons[0]?.ends).toBe(ends);
});

test.each([
  ["enforce", 1],
  ["observe", 0],
  ["off", 0],
] as const)("a suppressed outage is a person's matter only where failover acts: mode %s", (mode, count) => {
  const declared = { manifest: { health: { mode, alarms } } } as never;
  const suppressed = known({ lastAppliedState: active }, { suppressed: outage }, { declared, alarms });
  expect(serviceState(suppressed, now).needsPerson).toHaveLength(count);
  // The manifest's counts before the environment's.
  expect(serviceState(suppressed, now, { failoverMode: "off" }).needsPerson).toHaveLength(count);
  const ofNone = known({ lastAppliedState: active }, { suppressed: outage });
  expect(serviceState(ofNone, now, { failoverMode: mode }).needsPerson).toHaveLength(count);
});

test.each<[string, Partial<KnownService>, string]>([
  ["never deactivated", { alarms, declared: { manifest: { health: { neverDeactivate: true } } } as never }, ""],
  ["not watched", { declared: { manifest: {} } as never }, "not watched: no alarm speaks for it"],
])("a suppressed outage that failover may not act upon waits for nobody: %s", (_, rest, words) => {
  const suppressed = known({ lastAppliedState: active }, { suppressed: outage }, rest);
  expect(serviceState(suppressed, now).needsPerson).toEqual([]);
  const text = storyText({ ...storyOf(suppressed), declared: { isProbed: true } }, now, plain);
  expect(text).not.toContain("suppressed");
  expect(text).toContain(words || "probed by its validation request");
});

test.each<[UnreadableKind, RegExp, RegExp]>([
  ["activation", /Why it is inactive\n {2}unknown: its item cannot be read/, /no reason is on record/],
  ["declared", /What messages declared\n {2}unknown: its item cannot be read/, /no message made it|none speak for it/],
  ["tags", /others may: an item that names them cannot be read/, /none speak for it/],
])("an item that cannot be read is said to be that, not to say nothing: %s", (kind, right, wrong) => {
  const text = story(known({}, {}, { unreadable: [kind] }));
  expect(text).toMatch(right);
  expect(text).not.toMatch(wrong);
  expect(text).toMatch(/Needs a person\n {2}its item cannot be read/);
});

test("where the environment has several accounts, what is to be typed names the service's own", () => {
  const held = known({
    reasons: [outage, manual, { kind: "KEEP_INACTIVE", since, by: "ada", why: "migration" }],
    handsOff: { by: "ada", why: "migration", since },
  });
  const text = JSON.stringify(serviceState(held, now, { isOneAccount: false }));
  expect(text).toContain("release 123456/CRM/lookup");
  expect(text).not.toMatch(/(release|activate|deactivate|override) CRM/);
  expect(JSON.stringify(serviceState(held, now, { isOneAccount: true }))).not.toMatch(/(release|activate) 123456/);
});

test("a service whose retirement RingCX has refused is not said to be out of use", () => {
  const retired: InactiveReason = { kind: "RETIRED", since };
  const ends = (isActive: boolean) =>
    serviceState(
      known({ reasons: [retired], intents: [intent], lastAppliedState: { ...active, isActive } }),
      now,
    ).reasons.map((reason) => reason.ends);
  expect(ends(true)).toEqual([expect.stringContaining("has not let it be deactivated")]);
  expect(ends(false)).toEqual(["nothing: it was taken out of use for good"]);
});

import fc from "fast-check";
import { answersOf, assumptionNames } from "../../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import type { CallKind } from "../../support/world/outside.ts";
import { type How, howsOf, type PendingFault } from "./faults.ts";
import { authTypes, type SimulatedAuthType, type SimulatedService, services } from "./manifests.ts";

/** One thing that happens, as data: so that a history can be printed, shortened and played again. */
export type Happening =
  /** RingCX gives other answers than by default, from the beginning on. */
  | { do: "profile"; answers: Readonly<Record<string, string>> }
  /** Nothing is there when it begins; otherwise the first account has all services. */
  | { do: "from nothing" }
  | {
      do: "apply";
      account: number;
      team: number;
      services: readonly SimulatedService[];
      isEnabled: boolean;
      /** How long before now its sender meant it, in minutes. */
      late: number;
      dryRun: boolean;
      /** What is wrong with it. */
      wrong?: "field" | "secret" | "host" | undefined;
      /** How often it is sent, under one id. */
      copies: number;
    }
  /** So many applies of all services at once. */
  | { do: "burst"; account: number; count: number }
  | { do: "copy"; account: number; service: SimulatedService; isPromoted: boolean }
  | { do: "retire"; account: number; service: SimulatedService; delete: boolean }
  | { do: "command"; account: number; service: SimulatedService; command: string; minutes: number; copies: number }
  | { do: "alarm"; alarm: number; state: "OK" | "ALARM" | "INSUFFICIENT_DATA" }
  | { do: "endpoint"; isDown: boolean }
  | { do: "secret"; type: SimulatedAuthType }
  | { do: "tags"; type: SimulatedAuthType; isPermitted: boolean }
  | { do: "click"; account: number; service: SimulatedService; what: "enable" | "disable" | "rename" | "edit" }
  /** Somebody has Secrets Manager rotate a secret. */
  | { do: "rotate"; type: SimulatedAuthType }
  /** Somebody makes the version before the current one again, in Secrets Manager. */
  | { do: "back"; type: SimulatedAuthType }
  /** Another service, or none, is named by an alarm's tag. */
  | { do: "alarm tag"; alarm: number; account: number; service?: SimulatedService | undefined }
  /** All containers are replaced, by those of other settings or of the same. */
  | { do: "deploy"; what: DeployedWhat }
  /** Every item of the table has what a later version of the software has put there. */
  | { do: "later items" }
  /** Every item of the table is as an earlier release has left it, and this one is deployed. */
  | { do: "earlier items" }
  | { do: "pass"; seconds: number }
  | ({ do: "fault" } & PendingFault)
  /** For a time many calls fail. */
  | { do: "storm"; seconds: number; percent: number };

/** What another deployment is: see `deployments.ts`. */
export type DeployedWhat =
  | "same"
  | "observe"
  | "off"
  | "one account"
  | "no connection"
  | "other connection"
  | "rewrite"
  | "deactivate";

const account = fc.constantFrom(0, 0, 1);
const service = fc.constantFrom(...services);
const commands = ["activate", "deactivate", "keep-inactive", "hands-off", "override", "release"];

/** How many calls of a kind there are in a history, about: the table and RingCX are asked all the time. */
const latest: Readonly<Partial<Record<CallKind, number>>> = { table: 200, ringcx: 60 };

const fault = fc.constantFrom(...(Object.keys(howsOf) as (keyof typeof howsOf)[])).chain((on) =>
  fc.record({
    do: fc.constant("fault" as const),
    on: fc.constant<CallKind>(on),
    after: fc.nat(latest[on] ?? 10),
    how: fc.constantFrom<How>(...howsOf[on]),
  }),
);

const apply = fc.record({
  do: fc.constant("apply" as const),
  account,
  team: fc.nat(1),
  services: fc.subarray([...services], { minLength: 1 }),
  isEnabled: fc.constantFrom(true, true, true, false),
  late: fc.constantFrom(0, 0, 0, 2, 10),
  dryRun: fc.constantFrom(false, false, false, true),
  wrong: fc.constantFrom(undefined, undefined, undefined, undefined, "field", "secret", "host"),
  copies: fc.constantFrom(1, 1, 2),
});

/** Everything that may happen. */
export const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 5, arbitrary: apply },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("burst" as const), account, count: fc.integer({ min: 4, max: 16 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("copy" as const), account, service, isPromoted: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("retire" as const), account, service, delete: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("command" as const),
      account,
      service,
      command: fc.constantFrom(...commands),
      minutes: fc.integer({ min: 1, max: 12 }),
      copies: fc.constantFrom(1, 1, 2),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("alarm" as const),
      alarm: fc.nat(1),
      state: fc.constantFrom("OK", "ALARM", "ALARM", "INSUFFICIENT_DATA"),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("endpoint" as const), isDown: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("secret" as const), type: fc.constantFrom(...authTypes) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("tags" as const),
      type: fc.constantFrom(...authTypes),
      isPermitted: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("click" as const),
      account,
      service,
      what: fc.constantFrom("enable", "disable", "edit", "rename"),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("rotate" as const), type: fc.constantFrom(...authTypes) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("back" as const), type: fc.constantFrom(...authTypes) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("alarm tag" as const),
      alarm: fc.nat(1),
      account,
      service: fc.constantFrom(undefined, ...services),
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom({ do: "later items" as const }, { do: "earlier items" as const }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("deploy" as const),
      what: fc.constantFrom<DeployedWhat[]>(
        "same",
        "same",
        "observe",
        "off",
        "one account",
        "no connection",
        "other connection",
        "rewrite",
        "deactivate",
      ),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("pass" as const),
      seconds: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 60, max: 400 })),
    }),
  },
  { weight: 6, arbitrary: fault },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("storm" as const),
      seconds: fc.integer({ min: 5, max: 240 }),
      percent: fc.integer({ min: 1, max: 30 }),
    }),
  },
);

const alternative = fc
  .constantFrom(...assumptionNames)
  .chain((name) => fc.record({ name: fc.constant(name), answer: fc.constantFrom(...answersOf(name)) }));

/** How RingCX behaves: half of the time as by default. */
const profile = fc.oneof(
  fc.constant([]),
  fc.array(alternative, { minLength: 1, maxLength: 4 }).map((answers) => {
    const given = Object.fromEntries(answers.map(({ name, answer }) => [name, answer]));
    return [{ do: "profile" as const, answers: given }];
  }),
);

const history = (minLength: number, maxLength: number): fc.Arbitrary<Happening[]> =>
  fc
    .tuple(profile, fc.array(happening, { minLength, maxLength, size: "max" }))
    .map(([first, others]) => [...first, ...others]);

/** The first message for an account, whose calls fail: what is made a first time is made then. */
const firstHistory: fc.Arbitrary<Happening[]> = fc
  .tuple(profile, fc.array(fault, { minLength: 1, maxLength: 3 }), apply, history(1, 5))
  .map(([first, faults, apply, others]) => [
    ...first,
    { do: "from nothing" },
    // Soon enough to meet a call of that message.
    ...faults.map((fault) => ({ ...fault, after: fault.after % 40 })),
    { ...apply, dryRun: false, wrong: undefined, late: 0 },
    ...others.filter((one) => one.do !== "profile"),
  ]);

/** A whole history: mostly enough for what two or three things do to each other. */
export const shortHistory = fc.oneof(history(2, 8), firstHistory);
/** One in which what is left of one thing meets many others. */
export const longHistory = history(4, 24);

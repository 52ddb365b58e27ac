import { Duration, Stack } from "aws-cdk-lib";
import { describe, expect, test } from "vitest";
import { RingCxAutomation } from "../../package/index.ts";
import { connections, doors, fn, imported, type Made, uuid } from "./props-doors.ts";
import { plainApp } from "./synthesized.ts";

// Each construct and method of the package, given every wrong value in every place: it answers with a sentence that names the
// field, and with no error of zod's, CDK's or JavaScript's own.

// One stack for all, emptied each time: a new one each time would cost seconds.
const stack = new Stack(plainApp(), "Contact", { env: { region: "eu-west-1" } });
const complaint = (make: Made, props: unknown): string => {
  for (const { node } of stack.node.children) stack.node.tryRemoveChild(node.id);
  try {
    make(stack, props as never);
  } catch (error) {
    return error instanceof Error && error.name === "Error" ? error.message : `RAW ${String(error)}`;
  }
  return "accepted";
};

const isPlain = (value: unknown): value is Record<string, unknown> | unknown[] =>
  Array.isArray(value) || Object.getPrototypeOf(value ?? 0) === Object.prototype;

/** Every place of a value: `rotation.every`, `accountIds[0]`. */
function places(value: unknown, path: readonly (string | number)[] = []): (string | number)[][] {
  const inner = isPlain(value) ? Object.entries(value) : [];
  const keys = inner.map(([key]) => (Array.isArray(value) ? Number(key) : key));
  return [
    ...(path.length > 0 ? [[...path]] : []),
    ...keys.flatMap((key) => places((value as Record<string, unknown>)[key], [...path, key])),
  ];
}

function withValue(value: unknown, [first, ...rest]: readonly (string | number)[], wrong: unknown): unknown {
  if (first === undefined) return wrong;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string | number, unknown>;
  copy[first] = withValue(copy[first], rest, wrong);
  return copy;
}

const valueAt = (value: unknown, path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((at, part) => (at as Record<string | number, unknown>)[part], value);

/** Some of the wrong values are right somewhere. */
function isRight(text: string, value: unknown, wrong: unknown): boolean {
  if (["threshold", "evaluationPeriods"].includes(text)) return wrong === -1;
  const isEmpty = typeof wrong === "object" && wrong !== null;
  return typeof value === "boolean" ? wrong === true : isEmpty && isPlain(value) && !Array.isArray(value);
}

const pathText = (path: readonly (string | number)[]) =>
  path.map((part, at) => (typeof part === "number" ? `[${part}]` : at === 0 ? part : `.${part}`)).join("");

/** Wrong in every place: of another type, empty, no number. */
const wrongValues: readonly unknown[] = [null, "", Number.NaN, -1, {}, true, () => {}];

describe.each(doors)("%s", (name, make, right) => {
  test("takes what is right", () => expect(complaint(make, right)).toBe("accepted"));

  test.each(places(right).map((path) => [pathText(path), path] as const))("names %s", (text, path) => {
    for (const wrong of wrongValues) {
      if (isRight(text, valueAt(right, path), wrong)) continue;
      const said = complaint(make, withValue(right, path, wrong));
      expect(said, String(wrong)).toContain(`  ${text}`);
      expect(said).not.toMatch(/Invalid|Too (small|big)|correct it|received/);
    }
  });

  test.each([
    ["undefined", undefined],
    ["null", null],
    ["a text", "x"],
    ["a number", 1],
  ])("says so where all of it is %s", (what, wrong) => {
    // What may be left out may be undefined.
    if (name === "onOutcome" && what === "undefined") return;
    expect(complaint(make, wrong)).toMatch(/ is wrong:\n {2}(props|attributes|options): .*expected an object/);
  });

  test("knows the field that was meant", () => {
    const [field = ""] = Object.keys(right).slice(-1);
    const misspelt = name === "ServiceHealth" ? "service" : `${field}z`;
    expect(complaint(make, { ...right, [misspelt]: "x" })).toMatch(
      new RegExp(`  ${misspelt}: is not a known field \\(did you mean `),
    );
  });
});

describe("methods", () => {
  const ask = (run: (automation: ReturnType<typeof imported>, stack: Stack) => unknown) =>
    complaint((stack) => run(imported(stack), stack), undefined);

  test.each<[string, Parameters<typeof ask>[0], RegExp]>([
    ["a counter", (made) => made.metricCount("Nope" as never), /metricCount is wrong:\n {2}name: .*"RequestsSent"/],
    [
      "a gauge",
      (made) => made.metricGauge("RequestsSent" as never),
      /metricGauge is wrong:\n {2}name: .*ServicesInactive/,
    ],
    ["no function", (made) => made.onOutcome(undefined as never), /onOutcome is wrong:\n {2}fn: .*a Lambda function/],
    ["no role", (made) => made.grantProvision("crm" as never), /grant is wrong:\n {2}grantee: expected a role/],
    [
      "a status in lower case",
      (made, stack) => made.onOutcome(fn(stack), { statuses: ["failed" as never] }),
      /statuses\[0\]: .*"FAILED"/,
    ],
  ])("%s is refused by name", (_what, run, message) => expect(ask(run)).toMatch(message));

  test.each(["", "Test X", undefined, 1])("an import by the name %s is refused", (name) => {
    const make: Made = (stack) => RingCxAutomation.fromAutomationName(stack, "Made", name as never);
    expect(complaint(make, undefined)).toMatch(/^fromAutomationName Contact\/Made is wrong:\n {2}name: /);
  });
});

describe("RingCxAutomation", () => {
  const make: Made = (stack, props) => new RingCxAutomation(stack, "Made", props);
  const right = { name: "test", connections };

  test.each([undefined, null, "x", []])("refuses %s as props", (wrong) =>
    expect(complaint(make, wrong)).toMatch(
      /^RingCxAutomation Contact\/Made is wrong:\n {2}props: .*expected an object/,
    ),
  );

  test.each([
    ["region", "eu-central-1", /region: is not set here \(it is the stack's/],
    ["tags", { team: "crm" }, /tags: is not set here \(`Tags\.of/],
    ["permissionsBoundaryArn", "x", /permissionsBoundaryArn: is not set here \(`PermissionsBoundary\.of/],
    ["failover", { modes: "off" }, /failover\.modes: is not a known field \(did you mean mode\?\)/],
    ["probe", { hosts: [] }, /probe\.hosts: is not a known field \(known fields: allowedHosts, /],
  ])("says of %s where it belongs, or what was meant", (field, value, message) => {
    expect(complaint(make, { ...right, [field]: value })).toMatch(message);
    expect(complaint(make, { ...right, [field]: value })).not.toMatch(/known fields: .*\bregion\b/);
  });
});

describe("what only places together can be wrong", () => {
  const [, make, right] = doors[0] as (typeof doors)[number];
  const rotation = right.rotation as object;
  test.each<[string, object, RegExp]>([
    [
      "an overlap that outlasts the credential",
      { rotation: { ...rotation, overlap: Duration.days(31) } },
      /rotation\.overlap: must be shorter/,
    ],
    ["an age of nothing", { rotateWithin: Duration.days(0) }, /rotateWithin: expected whole minutes, one at least/],
    [
      "an auth config of another account",
      { authConfigs: { authType: "OAUTH", ids: [`999/${uuid}`] } },
      /"999\/.*is of an account that accountIds does not name/,
    ],
    ["a host with its scheme", { hosts: ["https://x.y"] }, /hosts\[0\]: .*leave out scheme and path/],
    ["any host", { hosts: ["*"] }, /hosts\[0\]: expected a host/],
    ["a connection in capitals", { connection: "Main" }, /connection: expected at most 31 lower-case/],
    [
      "another issuer than random",
      { rotation: { ...rotation, issuer: "Random" } },
      /rotation\.issuer: expected "random" or/,
    ],
  ])("%s", (_what, change, message) => expect(complaint(make, { ...right, ...change })).toMatch(message));
});

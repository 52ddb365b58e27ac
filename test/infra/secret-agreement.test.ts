import { describe, expect, test } from "vitest";
import type { SecretPart } from "../../infra/constructs/agreement/member.ts";
import {
  abroad,
  automation,
  connection,
  type Env,
  home,
  rotationFunctionArn,
  type Settings,
  TwoStacks,
} from "./two-stacks.ts";

describe("a secret", () => {
  const right: SecretPart = {
    kind: "secret",
    connection: "main",
    environment: undefined,
    accountIds: ["1"],
    rotationFunctionArn: undefined,
    issuerArn: undefined,
  };
  const beside = (change: Partial<SecretPart>, settings: Settings = {}, place = new TwoStacks()): string =>
    place
      .add(place.one, "A", automation(settings))
      .add(place.two, "Key", { ...right, ...change })
      .said();
  const issuer = "arn:aws:lambda:eu-central-1:111122223333:function:issuer";

  test("that an automation can use says nothing, nor one that is beside none", () => {
    expect(beside({})).toBe("");
    expect(
      beside(
        { environment: "test", rotationFunctionArn, issuerArn: issuer },
        { rotation: { issuerFunctionArns: [issuer] } },
      ),
    ).toBe("");
    expect(beside({ connection: "elsewhere" }, {}, new TwoStacks(abroad))).toBe("");
    const alone = new TwoStacks();
    expect(alone.add(alone.one, "Key", right).said()).toBe("");
  });

  test.each<[string, Partial<SecretPart>, RegExp, Settings?]>([
    ["a connection", { connection: "mian" }, /connection: "mian" is none of One\/A \(main\)/],
    ["an account", { accountIds: ["777"] }, /accountIds: connection "main" of One\/A does not serve 777/],
    ["an environment", { environment: "tset" }, /environment: "tset" is not the name of One\/A \("test"\)/],
    [
      "no environment where it must",
      {},
      /environment: is missing: One\/A requires it/,
      { connections: [connection("1", "main", true)] },
    ],
    ["an issuer", { issuerArn: issuer }, /rotation\.issuer: is not in rotation\.issuerFunctionArns of One\/A/],
  ])(
    "that names %s amiss is warned of, and refused where the automation rotates it",
    (_what, change, message, settings) => {
      const warned = beside(change, settings);
      expect(warned).toMatch(message);
      expect(warned).toMatch(/^No automation of this app can use it: .*secretOfNoAutomation/);
      const refused = beside({ ...change, rotationFunctionArn }, settings);
      expect(refused).toMatch(message);
      expect(refused).toMatch(/^refused Two\/Key: /);
    },
  );
});

test.each<[string, Env, string | undefined, RegExp]>([
  [
    "in another region",
    abroad,
    undefined,
    /^No automation of this app can use it: .*than One\/A.*secretOfNoAutomation/,
  ],
  [
    "in another region, with the function of here",
    abroad,
    rotationFunctionArn,
    /^refused Two\/Key: rotation\..* is that of One\/A, in another/,
  ],
  ["in another account", { ...home, account: "222222222222" }, undefined, /^No automation of this app can use it/],
  ["in an account that is not known", { region: home.region }, undefined, /^$/],
])("a secret %s is told, because the functions use those of their own place", (_what, env, arn, expected) => {
  const secret = { kind: "secret", connection: "main", accountIds: ["1"], environment: "test" } as const;
  const place = new TwoStacks(env);
  place.add(place.one, "A", automation());
  place.add(place.two, "Key", { ...secret, rotationFunctionArn: arn, issuerArn: undefined });
  expect(place.said()).toMatch(expected);
});

test.each<[string, Partial<SecretPart>, Partial<SecretPart>, RegExp, Env?]>([
  [
    "one name",
    { secretName: "crm" },
    { secretName: "crm" },
    /^refused Two\/B: secretName: "crm" is that of One\/A, too$/,
  ],
  ["one name in two regions", { secretName: "crm" }, { secretName: "crm" }, /^$/, abroad],
  ["no name", {}, {}, /^$/],
  [
    "one auth config",
    { authConfigIds: ["u-1"] },
    { accountIds: ["2", "1"], authConfigIds: ["1/U-1"] },
    /^refused Two\/B: authConfigs\.ids: 1\/u-1 gets its credential from One\/A already/,
  ],
  ["an auth config each", { authConfigIds: ["u-1"] }, { authConfigIds: ["u-2"] }, /^$/],
])("two secrets with %s", (_what, one, other, expected, env = home) => {
  const secret = { kind: "secret", connection: "main", accountIds: ["1"], environment: "test" } as const;
  const common = { ...secret, rotationFunctionArn: undefined, issuerArn: undefined };
  const place = new TwoStacks(env);
  place.add(place.one, "A", { ...common, ...one }).add(place.two, "B", { ...common, ...other });
  expect(place.said()).toMatch(expected);
});

test("an account that nobody serves yet may be added without a deployment, where accounts are parameters", () => {
  const place = new TwoStacks();
  place
    .add(place.one, "A", automation({}, undefined, true))
    .add(place.one, "It", { kind: "health", accountIds: ["7"] });
  const secret = { kind: "secret", connection: "main", accountIds: ["7"], rotationFunctionArn } as const;
  expect(place.add(place.two, "Key", { ...secret, environment: undefined, issuerArn: undefined }).said()).toBe("");
});

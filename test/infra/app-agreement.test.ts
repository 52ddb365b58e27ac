import { Annotations, App, Stack, Stage } from "aws-cdk-lib";
import { Construct, type IConstruct } from "constructs";
import { describe, expect, test } from "vitest";
import { takePart } from "../../infra/constructs/agreement/app-agreement.ts";
import type { AutomationPart, Part, SecretPart } from "../../infra/constructs/agreement/member.ts";
import { checkedEnvironment, type EnvironmentInput } from "../../infra/environments.ts";

// Constructs with a part and nothing else: what is compared does not need a template.

const home = { region: "eu-central-1", account: "111122223333" };
const abroad = { region: "us-east-1", account: "111122223333" };
const rotationFunctionArn = "arn:aws:lambda:eu-central-1:111122223333:function:rotate";

type Env = { region?: string; account?: string };

class TwoStacks {
  readonly app = new App();
  readonly stages: readonly IConstruct[];
  readonly one: Stack;
  readonly two: Stack;

  /** @param env of the second stack */
  constructor(env: Env = home, { first = home as Env, inStages = false } = {}) {
    this.stages = inStages ? [new Stage(this.app, "Dev"), new Stage(this.app, "Live")] : [this.app, this.app];
    this.one = new Stack(this.stages[0] as App, "One", { env: first });
    this.two = new Stack(this.stages[1] as App, "Two", { env });
  }

  add(stack: Stack, id: string, part: Part): this {
    takePart(new Construct(stack, id), part);
    return this;
  }

  /** What the synthesis would say: errors, and warnings with their ids. */
  said(): string {
    const all = this.app.node.findAll();
    const refused = all.flatMap((each) =>
      each.node.validate().map((message) => `refused ${each.node.path}: ${message}`),
    );
    const warned = all.flatMap(({ node }) => node.metadata.filter(({ type }) => type === "aws:cdk:warning"));
    return [...refused, ...warned.map(({ data }) => String(data))].join("\n");
  }
}

type Settings = Partial<EnvironmentInput>;
const connection = (accountId: string, name = "main", requireEnvironmentTag = false) => ({
  name,
  accountIds: [accountId],
  requireEnvironmentTag,
});

function automation(settings: Settings = {}, alarmBusArn?: string, areAccountsOpen = false): AutomationPart {
  const written = { name: "test", region: home.region, connections: [connection("1")], ...settings };
  return {
    kind: "automation",
    settings: checkedEnvironment(written),
    areAccountsOpen,
    rotationFunctionArn,
    alarmBusArn,
  };
}

describe("two automations of an app", () => {
  const two = (place: TwoStacks, [one, other]: readonly [Settings, Settings]): string =>
    place
      .add(place.one, "A", automation(one))
      .add(place.two, "B", automation({ name: "prod", connections: [connection("2", "b")], ...other }))
      .said();
  const open = { connections: [connection("2")] };
  const tagged = (accountId: string) => ({ connections: [connection(accountId, "main", true)] });
  const region = { region: home.region };

  test("that have nothing in common say nothing", () => {
    expect(two(new TwoStacks(), [{}, {}])).toBe("");
    expect(two(new TwoStacks(), [tagged("1"), tagged("2")])).toBe("");
  });

  test.each<[string, readonly [Settings, Settings], RegExp, TwoStacks?]>([
    [
      "one name",
      [{}, { name: "test" }],
      /^refused Two\/B: name: "test" is that of One\/A, too, in the same AWS account/,
    ],
    ["one name in another region", [{}, { name: "test" }], /^$/, new TwoStacks(abroad)],
    [
      "one name, of one account no more known",
      [{}, { name: "test" }],
      /^name: .*Deployed to one AWS account.*sameName/,
      new TwoStacks(region),
    ],
    [
      "one name, of neither account more known",
      [{}, { name: "test" }],
      /^refused .*name: /,
      new TwoStacks(region, { first: region }),
    ],
    [
      "that in two stages",
      [{}, { name: "test" }],
      /^name: .*sameName/,
      new TwoStacks(region, { first: region, inStages: true }),
    ],
    [
      "one name in two stages of one account",
      [{}, { name: "test" }],
      /^refused .*name: /,
      new TwoStacks(home, { inStages: true }),
    ],
    [
      "a connection's name",
      [{}, open],
      /^refused Two\/B: connections: "main" is one of One\/A, too, .* both may use, rotate/,
    ],
    ["the same in another region", [{}, open], /^$/, new TwoStacks(abroad)],
    [
      "the same, and one requires the tag",
      [tagged("1"), open],
      /^connections: .* may be used by this one .*sharedSecrets/,
    ],
    ["the same, and the other one does", [{}, tagged("2")], /^connections: .* may be used by One\/A .*sharedSecrets/],
    [
      "an account of RingCX",
      [{}, { connections: [connection("1", "b")] }],
      /^accountIds: 1 of RingCX is served by One\/A, too.*sharedAccounts/,
    ],
    [
      "that in another region",
      [{}, { connections: [connection("1")] }],
      /^accountIds: 1 of RingCX is served by/,
      new TwoStacks(abroad),
    ],
  ])("are told where both have %s", (_what, settings, message, place = new TwoStacks()) => {
    expect(two(place, settings)).toMatch(message);
  });

  test("may mean what is a warning", () => {
    const place = new TwoStacks();
    Annotations.of(place.two).acknowledgeWarning("ringcx-service-automation:sharedAccounts");
    expect(two(place, [{}, { connections: [connection("1", "b")] }])).toBe("");
  });
});

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

describe("alarms", () => {
  const bus = "arn:aws:events:eu-central-1:111122223333:event-bus/RingCxAutomation-test";
  const health = (accountId: string): Part => ({ kind: "health", accountIds: [accountId] });
  const forwarding: Part = { kind: "forwarding", eventBusArn: bus };
  const beside = (part: Part, env: Env = home, alarmRegions = [home.region], letIn: string[] = []) => {
    const roles = letIn.map((account) => [account, `arn:aws:iam::${account}:role/reads-alarms`]);
    const alarmReadRoleArns = Object.fromEntries(roles);
    const place = new TwoStacks(env);
    return place
      .add(place.one, "A", automation({ failover: { alarmRegions, alarmReadRoleArns } }, bus))
      .add(place.two, "It", part)
      .said();
  };

  test.each<[string, string, RegExp]>([
    ["that the automation reads say nothing", beside(health("1")), /^$/],
    [
      "of an account that nobody serves",
      beside(health("7")),
      /^services: account 7 is not served by One\/A.*healthOfNoAutomation/,
    ],
    [
      "in a region that nobody reads",
      beside(health("1"), abroad),
      /^services: the alarm is in us-east-1, where One\/A reads no.*healthNotRead/,
    ],
    [
      "of a region that nothing is sent from",
      beside(health("1"), abroad, [abroad.region]),
      /^failover\.alarmRegions: nothing brings the events of us-east-1 here.*alarmsNotForwarded/,
    ],
    ["of a region that they are sent from", beside(forwarding, abroad, [abroad.region]), /^$/],
    [
      "that are sent to where they are",
      beside(forwarding),
      /^refused Two\/It: eventBusArn: is of One\/A, in the same AWS account/,
    ],
    [
      "of an account that the bus lets in",
      beside(forwarding, { ...home, account: "222222222222" }, undefined, ["222222222222"]),
      /^$/,
    ],
    [
      "of an account that the bus denies",
      beside(forwarding, { ...abroad, account: "222222222222" }),
      /^refused Two\/It: eventBusArn: the bus of One\/A takes no events of .* 222222222222: name it in failover\.alarmReadRoleArns/,
    ],
  ])("%s", (_what, said, expected) => expect(said).toMatch(expected));
});

import { Annotations } from "aws-cdk-lib";
import { describe, expect, test } from "vitest";
import type { Part } from "../../infra/constructs/agreement/member.ts";
import { abroad, automation, connection, type Env, home, type Settings, TwoStacks } from "./two-stacks.ts";

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

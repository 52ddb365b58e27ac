import { describe, expect, test } from "vitest";
import {
  checkedEnvironment,
  type EnvironmentInput,
  environmentLabels,
  environmentNamed,
  environments,
  stackIds,
  stackName,
} from "../../infra/environments.ts";
import { plainEnvironment } from "./synthesized.ts";

const main = { name: "main", accountIds: ["123456"] };

test("the examples are complete and right", () => {
  for (const { name } of environments) expect(environmentNamed(name).name).toBe(name);
});

test("an environment that does not exist is answered with those that do", () => {
  expect(() => environmentNamed("staging")).toThrow(/no environment "staging".*Known: test, production/);
});

test("connections that differ in case only are told so", () => {
  const connections = [main, { name: "Main", accountIds: ["223456"] }];
  expect(() => checkedEnvironment({ ...plainEnvironment, connections })).toThrow(/"main" differs in case only/);
});

describe("one name in several places", () => {
  const here: EnvironmentInput = { ...plainEnvironment, name: "prod", region: "eu-central-1" };
  const there: EnvironmentInput = { ...here, region: "us-east-1" };
  const other: EnvironmentInput = { ...here, name: "other" };

  test("in two regions: each is found by its region, and has a stack of the same name", () => {
    const known = [here, other, there];
    expect(known.map(({ name, region }) => environmentNamed(name, known, region).region)).toEqual(
      known.map(({ region }) => region),
    );
    expect(environmentNamed("other", known).name).toBe("other");
    const ids = known.map((environment) => stackIds(checkedEnvironment(environment), known).home);
    expect(known.map((environment, index) => [ids[index], stackName(environment)])).toEqual([
      ["RingCxAutomation-prod-eu-central-1", "RingCxAutomation-prod"],
      ["RingCxAutomation-other", "RingCxAutomation-other"],
      ["RingCxAutomation-prod-us-east-1", "RingCxAutomation-prod"],
    ]);
    expect(environmentLabels(known)).toEqual(["prod in eu-central-1", "other", "prod in us-east-1"]);
  });

  test("in two regions: the name alone does not say which", () => {
    expect(() => environmentNamed("prod", [here, there])).toThrow(
      'There is an environment "prod" in eu-central-1 and in us-east-1. Say which by --region.',
    );
    expect(() => environmentNamed("prod", [here, there], "eu-west-1")).toThrow(/no environment "prod" in eu-west-1/);
  });

  test.each([undefined, "us-east-1"])(
    "twice in one region is refused with both places, whichever is meant (%s)",
    (region) => {
      const known = [other, here, there, { ...here, account: "111122223333" }];
      expect(() => environmentNamed("prod", known, region)).toThrow(
        'infra/environments.ts is wrong:\n  environments[3]: is "prod" in eu-central-1, as environments[1] is: their stacks would be one (give',
      );
    },
  );
});

describe("environments of other names whose stacks would be one", () => {
  const alarmRegions = ["eu-central-1", "us-east-1"];
  const a: EnvironmentInput = { ...plainEnvironment, name: "a", region: "eu-central-1", failover: { alarmRegions } };
  const named = (name: string, region: string, more: Partial<EnvironmentInput> = {}): EnvironmentInput => ({
    ...plainEnvironment,
    ...{ name, region },
    ...more,
  });

  test.each<[what: string, known: EnvironmentInput[], words: string]>([
    [
      "one name in the other region",
      [a, named("a-alarms-for-eu-central-1", "us-east-1")],
      "environments[1]: has the stack RingCxAutomation-a-alarms-for-eu-central-1 in us-east-1, as environments[0] has: their stacks would be one",
    ],
    [
      "whichever comes first",
      [named("a-alarms-for-eu-central-1", "us-east-1"), a],
      "environments[1]: has the stack RingCxAutomation-a-alarms-for-eu-central-1 in us-east-1, as environments[0] has",
    ],
    [
      "one id in the app",
      [a, named("a-alarms-us-east-1", "eu-west-1", { account: "111122223333" })],
      "environments[1]: has the stack id RingCxAutomation-a-alarms-us-east-1, as environments[0] has: CDK could not",
    ],
    [
      "one id, of a name in two regions",
      [named("b", "eu-west-1"), named("b", "us-east-1"), named("b-us-east-1", "eu-west-1")],
      "environments[2]: has the stack id RingCxAutomation-b-us-east-1, as environments[1] has: CDK could not",
    ],
    [
      "one name and region in two AWS accounts",
      [named("b", "eu-west-1", { account: "111122223333" }), named("b", "eu-west-1", { account: "210987654321" })],
      'environments[1]: is "b" in eu-west-1, as environments[0] is: environments are told apart by name and region, not by account (give',
    ],
  ])("%s is refused with both places", (_, known, words) => {
    expect(() => environmentNamed("a", known)).toThrow(words);
  });

  test("the same names in other places are right", () => {
    const elsewhere = named("a-alarms-for-eu-central-1", "us-east-1", { account: "111122223333" });
    const known = [{ ...a, account: "210987654321" }, elsewhere, named("a-alarms-for-eu-west-1", "us-east-1")];
    expect(environmentNamed("a", known).name).toBe("a");
  });
});

describe("credential secrets must name their environment", () => {
  const required = (name: string, ...known: EnvironmentInput[]) =>
    Object.fromEntries(
      environmentNamed(name, known).connections.map((connection) => [
        connection.name,
        connection.requireEnvironmentTag,
      ]),
    );
  const one: EnvironmentInput = { ...plainEnvironment, name: "one", account: "111122223333" };
  const two: EnvironmentInput = { ...one, name: "two", connections: [main, { name: "partner", accountIds: ["7"] }] };

  test.each<[string, Partial<EnvironmentInput>, boolean]>([
    ["the same AWS account and region", {}, true],
    ["an AWS account that is not said", { account: undefined }, true],
    ["another AWS account", { account: "210987654321" }, false],
    ["another region", { region: "eu-west-1" }, false],
  ])("where another environment has a connection of the same name: %s", (_, more, isRequired) => {
    const { account, ...other } = { ...two, ...more };
    const second = { ...other, ...(account !== undefined && { account }) };
    expect(required("two", one, second)).toEqual({ main: isRequired, partner: false });
    expect(required("one", one, second)).toEqual({ main: isRequired });
  });

  test("where the connection says so", () => {
    const strict = { ...one, connections: [{ ...main, requireEnvironmentTag: true }] };
    expect(required("one", strict)).toEqual({ main: true });
  });
});

describe("a wrong setting names itself and what was expected", () => {
  test.each<[string, Partial<EnvironmentInput>, RegExp]>([
    ["no connection", { connections: [] }, /connections: expected at least one connection/],
    [
      "account id",
      { connections: [{ name: "a", accountIds: ["x"] }] },
      /connections\[0\]\.accountIds\[0\]: an accountId is a string of digits/,
    ],
    [
      "account id with zeros before it, which would be another account's here and the same at RingCX",
      { connections: [{ name: "a", accountIds: ["0700001"] }] },
      /connections\[0\]\.accountIds\[0\]: an accountId is a string of digits without leading zeros/,
    ],
    [
      "one account in two connections",
      { connections: [main, { name: "b", accountIds: ["123456"] }] },
      /connections\[1\]\.accountIds: account 123456 is served by "main" already/,
    ],
    [
      "one account twice in one connection",
      { connections: [{ name: "main", accountIds: ["700001", "700001"] }] },
      /connections\[0\]\.accountIds\[1\]: is at \[0\] already(?!.*is served by)/,
    ],
    [
      "two connections of one name",
      { connections: [main, { name: "main", accountIds: ["7"] }] },
      /connections\[1\]\.name: there is a connection "main" already/,
    ],
    ["name", { name: "My Stack" }, /name: expected at most 31 lower-case letters/],
    ["region", { region: "frankfurt" }, /region: expected an AWS region \(write for example "eu-central-1"/],
    ["AWS account", { account: "1234" }, /account: an AWS account id has 12 digits/],
    ["rate", { rotation: { schedule: "every day" } }, /rotation\.schedule: expected a rate of whole minutes/],
    [
      "plural after 1",
      { failover: { sweepSchedule: "rate(1 minutes)" } },
      /failover\.sweepSchedule: expected a rate of whole minutes/,
    ],
    [
      "a prefix of the automation's own alarms",
      { failover: { alarmNamePrefixes: ["crm-", "RingCxAutomation-plain-Automation"] } },
      /failover\.alarmNamePrefixes\[1\]: begins as the names of the automation's own alarms do, RingCxAutomation-plain-/,
    ],
    [
      "a guard as long as the window",
      { connections: [main, { name: "b", accountIds: ["7"], quota: { windowMs: 500, limit: 10 } }] },
      /connections\[1\]\.quota\.guardMs: is 700, no less than windowMs, 500: of the limit, 10, only 4 could be used/,
    ],
    [
      "flapping within less than two sweeps",
      { failover: { guards: { flap: { withinMinutes: 1 } } } },
      /failover\.guards\.flap\.withinMinutes: is 1, shorter than two sweeps .*rate\(1 minute\)[^(]*\(write 2 or more/,
    ],
    [
      "a sweep that is too slow for flapping",
      { failover: { sweepSchedule: "rate(1 hour)" } },
      /failover\.guards\.flap\.withinMinutes: is 60, shorter than two sweeps .*\(write 120 or more, or a quicker/,
    ],
    ["mode", { failover: { mode: "on" as "off" } }, /failover\.mode: expected one of "enforce"\|"observe"\|"off"/],
    ["retention", { logRetentionDays: 31 }, /logRetentionDays: CloudWatch Logs knows these periods only: 1, 3, 5/],
    [
      "a URL as host",
      { probe: { allowedHosts: ["https://api.example.com/"] } },
      /probe\.allowedHosts\[0\]: expected a host/,
    ],
    [
      "everybody as producer",
      { provisioning: { producers: ["*"] } },
      /producers\[0\]: expected an AWS account id of 12/,
    ],
    [
      "a wildcard as producer",
      { provisioning: { producers: ["arn:aws:iam::111122223333:role/*"] } },
      /producers\[0\]: .*without a wildcard/,
    ],
    [
      "a sender of an account that nothing serves",
      { provisioning: { senders: [{ senderId: "AROAEXAMPLEOFANIDXYZW", accountIds: ["99"] }] } },
      /provisioning\.senders\[0\]\.accountIds: no connection serves 99; served are 123456/,
    ],
    [
      "a sender of a connection that is not there",
      { provisioning: { senders: [{ senderId: "AROAEXAMPLEOFANIDXYZW", connections: ["mian"] }] } },
      /provisioning\.senders\[0\]\.connections: there is no connection "mian"; there are main/,
    ],
    [
      "a sender of nothing",
      { provisioning: { senders: [{ senderId: "AROAEXAMPLEOFANIDXYZW" }] } },
      /provisioning\.senders\[0\]: names no accounts that it may change: accountIds, or connections/,
    ],
    [
      "a commander of an account that nothing serves",
      { failover: { commandSenders: [{ senderId: "AIDAEXAMPLEOFANIDXYZW", accountIds: ["99"] }] } },
      /failover\.commandSenders\[0\]\.accountIds: no connection serves 99/,
    ],
    [
      "the beginning of a sender's id",
      { provisioning: { senders: [{ senderId: "AROAEX", accountIds: ["123456"] }] } },
      /provisioning\.senders\[0\]\.senderId: expected the whole unique id .*aws iam get-role.*no longer counts/,
    ],
    [
      "a role's id with a session",
      { provisioning: { senders: [{ senderId: "AROAEXAMPLEOFANIDXYZW:crm", accountIds: ["123456"] }] } },
      /senderId: .*\(write AROAEXAMPLEOFANIDXYZW: it stands for every session of the role/,
    ],
    [
      "an account in the place of a sender",
      { provisioning: { senders: [{ senderId: "210987654321", accountIds: ["123456"] }] } },
      /senderId: expected the whole unique id/,
    ],
    [
      "a role of another account",
      { failover: { alarmReadRoleArns: { "210987654321": "arn:aws:iam::111122223333:role/reader" } } },
      /failover\.alarmReadRoleArns\.210987654321: the role belongs to another account/,
    ],
    [
      "a notice over plain HTTP",
      { notifications: { alarms: ["http://example.com"] } },
      /notifications\.alarms\[0\]: expected an https:\/\/ URL: .*\(write https:\/\/ instead/,
    ],
    [
      "no subnet",
      { vpc: { subnetIds: [], securityGroupIds: ["default"] } },
      /vpc\.subnetIds: expected at least one subnet[\s\S]*securityGroupIds\[0\]: expected the id of a security group/,
    ],
  ])("%s", (_, wrong, message) => {
    expect(() => checkedEnvironment({ ...plainEnvironment, ...wrong })).toThrow(message);
  });

  test("a setting that does not exist is answered with the one that was meant", () => {
    const wrong = { ...plainEnvironment, failOver: {} };
    expect(() => checkedEnvironment(wrong)).toThrow(/failOver: is not a known field \(did you mean failover\?\)/);
  });

  test("all wrong settings are reported at once", () => {
    const wrong = { ...plainEnvironment, region: "frankfurt", logRetentionDays: 31 };
    expect(() => checkedEnvironment(wrong)).toThrow(
      /"plain" in infra\/environments\.ts is wrong:\n {2}region: .*\n {2}logRet/,
    );
  });
});

test("settings that just fit each other are taken", () => {
  const quota = { windowMs: 701 };
  const failover = {
    alarmNamePrefixes: ["RingCxAutomation-plain2-", "RingCxAutomation", "crm-"],
    ...{ sweepSchedule: "rate(30 minutes)", guards: { flap: { withinMinutes: 60 } } },
  };
  expect(() => checkedEnvironment({ ...plainEnvironment, connections: [{ ...main, quota }], failover })).not.toThrow();
});

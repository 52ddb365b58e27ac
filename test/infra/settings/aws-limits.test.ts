import { describe, expect, test } from "vitest";
import { countLimits, textLimits } from "../../../infra/aws-limits.ts";
import { tooMany } from "../../../infra/environment-fields.ts";
import { checkedEnvironment, type EnvironmentInput } from "../../../infra/environments.ts";
import { plainEnvironment } from "../synthesized.ts";

type Change = Partial<EnvironmentInput>;

const main = { name: "main", accountIds: ["123456"] };
const alarms = (...endpoints: string[]): Change => ({ notifications: { alarms: endpoints } });
const hosts = (...allowedHosts: string[]): Change => ({ probe: { allowedHosts } });
const issuers = (...issuerFunctionArns: string[]): Change => ({ rotation: { issuerFunctionArns } });
const producers = (...list: string[]): Change => ({ provisioning: { producers: list } });
const names = (...list: string[]): Change => ({
  connections: list.map((name, index) => ({ name, accountIds: [String(index + 1)] })),
});
const many = (count: number, text: (index: string) => string) =>
  Array.from({ length: count }, (_, index) => text(String(index).padStart(8, "0")));
const tags = (count: number) => Object.fromEntries(many(count, (index) => `tag-${index}`).map((key) => [key, "x"]));
const group = (text: string) => `sg-${text}`;
const vpc = (subnetIds: string[], securityGroupIds = ["sg-0a1b2c3d"]): Change => ({
  vpc: { subnetIds, securityGroupIds },
});

function complaints(change: Change): string[] {
  try {
    checkedEnvironment({ ...plainEnvironment, ...change });
    return [];
  } catch (error) {
    return (error as Error).message.split("\n").slice(1);
  }
}

describe("what AWS, CDK or the code behind would refuse is refused here, by its path", () => {
  const rows: [string, Change, RegExp][] = [
    ["a tag without a value", { tags: { team: "" } }, /tags\.team: expected 1 to 256 letters/],
    [
      "a control character in the name of an alarm",
      { failover: { alarmNamePrefixes: ["crm-", "a\u0000b"] } },
      /failover\.alarmNamePrefixes\[1\]: has a control character/,
    ],
    [
      "the same endpoint twice",
      alarms("a@example.com", "A@example.com"),
      /notifications\.alarms\[1\]: is at \[0\] already/,
    ],
    [
      "the same endpoint twice, its scheme in another case",
      alarms("https://example.com/x", "HTTPS://EXAMPLE.com/x"),
      /notifications\.alarms\[1\]: is at \[0\] already/,
    ],
    [
      "the same endpoint twice among those who are paged",
      { notifications: { page: ["a@example.com", "a@example.com"] } },
      /notifications\.page\[1\]: is at \[0\] already/,
    ],
    [
      "the same endpoint twice among outcomes",
      {
        notifications: {
          outcomes: [{ endpoint: "a@example.com", statuses: ["FAILED"] }, { endpoint: "a@example.com" }],
        },
      },
      /notifications\.outcomes\[1\]\.endpoint: is at \[0\] already/,
    ],
    [
      "connections that differ in dashes only",
      names("a-1", "a1"),
      /connections\[1\]\.name: gives the output ConnectionSecretArnA1, as connections\[0\]/,
    ],
    [
      "connections that differ in doubled dashes only",
      names("a-b", "a--b"),
      /connections\[1\]\.name: gives the output/,
    ],
    [
      "an issuer of another partition",
      issuers("arn:aws-cn:lambda:cn-north-1:111122223333:function:crm"),
      /rotation\.issuerFunctionArns\[0\]: is of the partition aws-cn, and the region eu-central-1 of aws/,
    ],
    [
      "an issuer in another region",
      issuers("arn:aws:lambda:eu-west-1:111122223333:function:crm"),
      /rotation\.issuerFunctionArns\[0\]: is in eu-west-1: a function can be invoked in its own region only/,
    ],
    [
      "an issuer that is no function",
      issuers("arn:aws:lambda:eu-central-1:111122223333:layer:crm"),
      /\[0\]: expected the ARN of a Lambda function \(write for example "arn:/,
    ],
    [
      "an issuer named twice",
      issuers(...Array(2).fill("arn:aws:lambda:eu-central-1:111122223333:function:crm")),
      /issuerFunctionArns\[1\]: is at \[0\] already/,
    ],
    ["everybody as producer", producers("arn:aws:iam::111122223333:role/*"), /producers\[0\]: .*without a wildcard/],
    [
      "a producer of another partition",
      producers("arn:aws-us-gov:iam::111122223333:role/crm"),
      /provisioning\.producers\[0\]: is of the partition aws-us-gov/,
    ],
    [
      "more producers than a policy has principals",
      producers(...many(50, (index) => `1111${index}`)),
      /provisioning\.producers: expected at most 49 producers/,
    ],
    [
      "a reader of another partition",
      { failover: { alarmReadRoleArns: { "111122223333": "arn:aws-eusc:iam::111122223333:role/reader" } } },
      /failover\.alarmReadRoleArns\.111122223333: is of the partition aws-eusc/,
    ],
    [
      "a reader that is no role",
      { failover: { alarmReadRoleArns: { "111122223333": "arn:aws:iam::111122223333:user/reader" } } },
      /failover\.alarmReadRoleArns\.111122223333: expected the ARN of a role/,
    ],
    [
      "a region of another partition",
      { failover: { alarmRegions: ["cn-north-1"] } },
      /failover\.alarmRegions\[0\]: is of the partition aws-cn/,
    ],
    [
      "a boundary of another partition",
      { permissionsBoundaryArn: "arn:aws-cn:iam::111122223333:policy/b" },
      /permissionsBoundaryArn: is of the partition aws-cn/,
    ],
    [
      "a boundary of another account",
      { account: "210987654321", permissionsBoundaryArn: "arn:aws:iam::111122223333:policy/b" },
      /permissionsBoundaryArn: is of the account 111122223333; a boundary is of the same account \(210987654321\)/,
    ],
    [
      "a boundary that is no policy",
      { permissionsBoundaryArn: "arn:aws:iam::111122223333:role/b" },
      /permissionsBoundaryArn: expected the ARN of a managed policy/,
    ],
    ["a default port", hosts("api.example.com:443"), /probe\.allowedHosts\[0\]: .*write "api\.example\.com"/],
    ["a port above 65535", hosts("api.example.com:70000"), /probe\.allowedHosts\[0\]: expected a host/],
    ["an address that is none", hosts("300.1.1.1"), /probe\.allowedHosts\[0\]: expected a host/],
    ["a host with letters that URLs do not have", hosts("bücher.example"), /write "xn--bcher-kva\.example"/],
    ["a region that is none", { region: "eu-central" }, /region: expected an AWS region/],
    ["a region of a partition that is none", { region: "euxx-de-east-1" }, /region: expected an AWS region/],
    [
      "a URL that nothing listens at",
      { connections: [{ ...main, ringcxUrl: "https://ringcx.example:0" }] },
      /connections\[0\]\.ringcxUrl: expected a URL of a host alone/,
    ],
    [
      "a host with a path as RingCX",
      { connections: [{ ...main, ringcxUrl: "https://ringcx.example/voice" }] },
      /connections\[0\]\.ringcxUrl: expected a URL of a host alone/,
    ],
    [
      "plain HTTP to RingCX",
      { connections: [{ ...main, platformUrl: "http://platform.example" }] },
      /connections\[0\]\.platformUrl: expected a URL/,
    ],
    [
      "a user at RingCX",
      { connections: [{ ...main, platformUrl: "https://me:you@platform.example" }] },
      /connections\[0\]\.platformUrl: expected a URL/,
    ],
    [
      "an account that messages cannot name",
      { connections: [{ name: "main", accountIds: ["1".repeat(21)] }] },
      /accountIds\[0\]: an accountId has at most 20 digits/,
    ],
    [
      "an unmanaged auth config of an account that nothing serves",
      { rotation: { unmanagedAuthConfigs: ["99/00000000-0000-0000-0000-000000000000"] } },
      /rotation\.unmanagedAuthConfigs\[0\]: no connection serves 99/,
    ],
    [
      "a schedule whose silence no alarm can see",
      { rotation: { schedule: "rate(57 hours)" } },
      /rotation\.schedule: expected at most 56 hours/,
    ],
    ["a tag that AWS keeps for itself", { tags: { "AWS:owner": "x" } }, /tags\.AWS:owner: expected 1 to 128/],
    [
      "a tag that this stack keeps for itself",
      { tags: { "ringcx:environment": "x" } },
      /tags\.ringcx:environment: .* this stack's own/,
    ],
    ["a tag without a name", { tags: { "": "x" } }, /tags\[""\]: expected 1 to 128/],
    ["a tag with letters that no tag has", { tags: { owner: "crm & co" } }, /tags\.owner: expected 1 to 256 letters/],
    ["a long tag", { tags: { owner: "x".repeat(257) } }, /tags\.owner: expected 1 to 256/],
    [
      "tags that differ in case only",
      { tags: { Owner: "a", owner: "b" } },
      /tags\.owner: differs from "Owner" in case only/,
    ],
    ["too many tags", { tags: tags(50) }, /tags: expected at most 49 tags/],
    ["too many subnets", vpc(many(17, (index) => `subnet-${index}`)), /vpc\.subnetIds: expected at most 16 subnets/],
    ["a subnet twice", vpc(["subnet-0a1b2c3d", "subnet-0a1b2c3d"]), /vpc\.subnetIds\[1\]: is at \[0\] already/],
    [
      "a subnet of a length that none has",
      vpc(["subnet-0a1b2c3d4"]),
      /vpc\.subnetIds\[0\]: expected the id of a subnet/,
    ],
    ["too many security groups", vpc(["subnet-0a1b2c3d"], many(6, group)), /vpc\.securityGroupIds: expected at most 5/],
    [
      "a security group that is none",
      vpc(["subnet-0a1b2c3d"], ["default"]),
      /vpc\.securityGroupIds\[0\]: expected the id of a security group/,
    ],
    ["an account that is none", { account: "1234" }, /account: an AWS account id has 12 digits/],
    [
      "a sender by a part of its id",
      { provisioning: { senders: [{ senderId: "AROAEX", accountIds: ["123456"] }] } },
      /senderId: expected the whole/,
    ],
    [
      "a schedule of another kind, told once",
      { rotation: { schedule: "cron(0 12 * * ? *)" } },
      /rotation\.schedule: expected a rate of whole minutes or hours/,
    ],
    ["a name that DNS cannot have", hosts("a..b"), /probe\.allowedHosts\[0\]: .*no name that DNS can have/],
    [
      "a password in a URL",
      alarms("https://user:pw@x.example.com/"),
      /notifications\.alarms\[0\]: has a user or password in the URL.*subscribe it by hand/,
    ],
    [
      "a place that SNS cannot reach",
      alarms("https://127.0.0.1/"),
      /alarms\[0\]: is a place that SNS cannot deliver to/,
    ],
    [
      "what no request sends",
      alarms("https://x.example.com/hook#d"),
      /alarms\[0\]: has a # in the URL, and what stands behind one is never sent \(leave out/,
    ],
    [
      "a status twice",
      { notifications: { outcomes: [{ endpoint: "a@example.com", statuses: ["FAILED", "FAILED"] }] } },
      /outcomes\[0\]\.statuses\[1\]: is at \[0\] already \(leave it out here\)/,
    ],
    [
      "a status of the chat twice",
      { notifications: { chat: { statuses: ["FAILED", "FAILED"] } } },
      /chat\.statuses\[1\]: is at \[0\] already/,
    ],
    ["a host of one's own network", alarms("https://crm/x"), /alarms\[0\]: is a place that SNS cannot deliver to/],
    [
      "an outage that would last for years",
      { failover: { recoverAfterSeconds: 1e9 } },
      /failover\.recoverAfterSeconds: expected 86400 or less \(leave it out: then it is 300\)/,
    ],
    ["a port that nothing listens on", hosts("api.example.com:0"), /allowedHosts\[0\]: .*nothing listens on port 0/],
    [
      "a sender twice",
      {
        provisioning: {
          senders: [
            { senderId: "AROAABCDEFGHIJKLMNOP", accountIds: ["123456"] },
            { senderId: "AROAABCDEFGHIJKLMNOP", accountIds: ["123456"] },
          ],
        },
      },
      /senders\[1\]\.senderId: is at \[0\] already \(name all its accounts there/,
    ],
    [
      "a name that no stack may have",
      { name: "my_stack" },
      /name: expected at most 31 lower-case letters, digits and dashes, a letter first/,
    ],
  ];

  test.each(rows)("%s", (_, change, complaint) => {
    const found = complaints(change);
    expect(found.join("\n")).toMatch(complaint);
    expect(found).toHaveLength(1);
  });

  test("every limit of the table is met by a row above, and has a source", () => {
    const met = rows.flatMap(([, change]) => complaints(change)).join("\n");
    for (const [name, limit] of Object.entries({ ...textLimits, ...countLimits })) {
      expect(met, name).toContain("expected" in limit ? limit.expected : tooMany(limit));
      expect(limit.source, name).toMatch(/^(AWS|Amazon|IAM) .+, .+/);
    }
  });
});

describe("what AWS takes is taken", () => {
  test.each<[string, Change]>([
    ["a host in upper case", hosts("API.example.com")],
    ["a host with an underscore", hosts("crm_1.example.com", "*.a_b.example.com:8443")],
    ["the last port", hosts("api.example.com:65535", "[::1]:8080")],
    ["49 tags, with letters of any script", { tags: { ...tags(48), "Kostenstelle Süd": "x" } }],
    ["49 producers", producers(...many(49, (index) => `1111${index}`))],
    [
      "a boundary of AWS's own",
      { account: "111122223333", permissionsBoundaryArn: "arn:aws:iam::aws:policy/PowerUserAccess" },
    ],
    [
      "a role with a path",
      producers("arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_x_1"),
    ],
    ["an alias of an issuer", issuers("arn:aws:lambda:eu-central-1:210987654321:function:crm:live")],
    ["nine and ten years of logs", { logRetentionDays: 3288 }],
    ["the longest schedule", { rotation: { schedule: "rate(56 hours)" } }],
    ["long ids of a VPC", vpc(["subnet-0a1b2c3d4e5f6a7b8"], ["sg-0a1b2c3d4e5f6a7b8"])],
    ["connections whose names begin alike", names("a", "a-b", "ab", "b-a")],
    [
      "the same endpoint for alarms and outcomes",
      { notifications: { alarms: ["a@example.com"], outcomes: [{ endpoint: "a@example.com" }] } },
    ],
  ])("%s", (_, change) => expect(complaints(change)).toEqual([]));

  test.each([
    ["eu-central-1", "aws"],
    ["us-gov-west-1", "aws-us-gov"],
    ["cn-north-1", "aws-cn"],
    ["eusc-de-east-1", "aws-eusc"],
    ["eu-isoe-west-1", "aws-iso-e"],
    ["ap-southeast-42", "aws"],
  ])("the region %s with ARNs of %s", (region, partition) => {
    const change: Change = {
      region,
      rotation: { issuerFunctionArns: [`arn:${partition}:lambda:${region}:111122223333:function:crm`] },
      failover: { alarmReadRoleArns: { "111122223333": `arn:${partition}:iam::111122223333:role/reader` } },
      provisioning: { producers: [`arn:${partition}:iam::111122223333:role/crm`] },
      permissionsBoundaryArn: `arn:${partition}:iam::111122223333:policy/boundary`,
    };
    expect(complaints(change)).toEqual([]);
  });

  test("a host and an endpoint are kept as they are compared", () => {
    const { probe, notifications } = checkedEnvironment({
      ...plainEnvironment,
      ...hosts("API.Example.com"),
      ...alarms("HTTPS://events.example.com/X"),
    });
    expect(probe.allowedHosts).toEqual(["api.example.com"]);
    expect(notifications.alarms).toEqual(["https://events.example.com/X"]);
  });
});

test("whatever is wrong with a deployment is told at once, what one setting demands of another too", () => {
  const everything = {
    name: "My Stack",
    region: "eusc-de-east-1",
    connections: [...(names("a-b", "a--b").connections ?? []), "main"],
    rotation: { issuerFunctionArns: ["arn:aws:lambda:eu-central-1:111122223333:function:crm"], schedule: 5 },
    provisioning: { senders: [{ senderId: "AROAEXAMPLEOFANIDXYZW", accountIds: ["99"] }] },
    notifications: { alarms: ["a@example.com", "a@example.com"], outcomes: "nobody" },
    tags: { Owner: "x", owner: "y" },
    logRetentionDays: 31,
    vpc: null,
    unknown: true,
  } as unknown as Change;
  const paths = complaints(everything).map((line) => /^ {2}([^:]*):/.exec(line)?.[1]);
  expect(paths.toSorted()).toEqual(
    [
      "name",
      "connections[1].name",
      "connections[2]",
      "rotation.issuerFunctionArns[0]",
      "rotation.schedule",
      "provisioning.senders[0].accountIds",
      "notifications.alarms[1]",
      "notifications.outcomes",
      "tags.owner",
      "logRetentionDays",
      "vpc",
      "unknown",
    ].toSorted(),
  );
});

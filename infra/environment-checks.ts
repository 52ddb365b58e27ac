import { partitionOfRegion } from "../shared/primitives/aws-partition.ts";
import { firstOf } from "../shared/primitives/first-of.ts";
import { countLimits, textLimits } from "./aws-limits.ts";
import { tooMany } from "./environment-fields.ts";
import { generatedName } from "./generated-name.ts";
import { patternsFit, variablesFit } from "./size-checks.ts";
import { flappingFits, guardsFit } from "./time-checks.ts";
import { distinct, listOf, placed, recordOf, type Told, textOf, textsOf, type Written } from "./written-settings.ts";

// What one setting demands of another. These checks run even where a setting by itself is wrong, so that whoever deploys is
// told everything at once: they believe nothing of what they look at, and say nothing about what they cannot read.

const checks: readonly ((settings: Written) => Told[])[] = [
  connectionsDiffer,
  accountsHaveOneConnection,
  accountsAreServed,
  partitionsAgree,
  issuersAreReachable,
  boundaryIsOfTheAccount,
  readersAreOfTheirAccount,
  endpointsDiffer,
  tagsFit,
  guardsFit,
  flappingFits,
  patternsFit,
  variablesFit,
];

/** Everything that one setting demands of another and does not find. */
export function togetherProblems(settings: unknown): Told[] {
  const written = recordOf(settings);
  return checks.flatMap((check) => check(written));
}

/** Names that differ only in dashes give secrets and outputs of one name. Source: CloudFormation, "Outputs": logical ids. */
function connectionsDiffer({ connections }: Written): Told[] {
  const names = listOf(connections).map((each) => textOf(recordOf(each).name));
  return names.flatMap((name, index) => {
    if (name === undefined) return [];
    const path = ["connections", index, "name"];
    const at = names.findIndex((other) => other !== undefined && generatedName(other) === generatedName(name));
    if (at === index) return [];
    const mend = "give it another name";
    if (names[at] === name) return [{ path, message: `there is a connection "${name}" already`, mend }];
    const made = `ConnectionSecretArn${generatedName(name)}`;
    const isCase = names[at]?.toLowerCase() === name.toLowerCase();
    const message = `gives the output ${made}, as connections[${at}] does: "${names[at]}" differs in ${isCase ? "case" : "dashes or case"} only`;
    return [{ path, message, mend }];
  });
}

/** An account has one quota and one writer. */
function accountsHaveOneConnection({ connections }: Written): Told[] {
  const owners = new Map<string, { index: number; name: string; at: number }>();
  return listOf(connections).flatMap((each, index) => {
    const { name, accountIds } = recordOf(each);
    const path = ["connections", index, "accountIds"];
    return listOf(accountIds).flatMap((accountId, at) => {
      if (typeof accountId !== "string") return [];
      const owner = owners.get(accountId);
      if (owner === undefined) {
        owners.set(accountId, { index, name: String(name), at });
        return [];
      }
      return owner.index === index
        ? [{ path: [...path, at], message: `is at [${owner.at}] already`, mend: "leave it out here" }]
        : [
            {
              path,
              message: `account ${accountId} is served by "${owner.name}" already`,
              mend: "leave it in one connection",
            },
          ];
    });
  });
}

function accountsAreServed({ connections, provisioning, failover, rotation }: Written): Told[] {
  const served = distinct(listOf(connections).flatMap((each) => textsOf(recordOf(each).accountIds)));
  const unserved = (path: readonly PropertyKey[], accountIds: readonly string[]) => {
    const unknown = distinct(accountIds).filter((accountId) => !served.includes(accountId));
    const message = `no connection serves ${firstOf(unknown)}; served are ${firstOf(served)}`;
    const mend = "add it to accountIds of the connection that serves it, or take it out here";
    // Where no connection can be read, that is what is wrong.
    return unknown.length === 0 || served.length === 0 ? [] : [{ path, message, mend }];
  };
  const names = distinct(listOf(connections).flatMap((each) => textOf(recordOf(each).name) ?? []));
  const unnamed = (path: readonly PropertyKey[], connectionNames: readonly string[]) => {
    const unknown = distinct(connectionNames).filter((name) => !names.includes(name));
    const message = `there is no connection "${unknown[0]}"; there are ${firstOf(names)}`;
    const mend = "name one that there is, or add the connection";
    return unknown.length === 0 || names.length === 0 ? [] : [{ path, message, mend }];
  };
  const senders = (path: readonly PropertyKey[], list: unknown) =>
    listOf(list).flatMap((sender, index) => [
      ...unserved([...path, index, "accountIds"], textsOf(recordOf(sender).accountIds)),
      ...unnamed([...path, index, "connections"], textsOf(recordOf(sender).connections)),
    ]);
  return [
    ...senders(["provisioning", "senders"], recordOf(provisioning).senders),
    ...senders(["failover", "commandSenders"], recordOf(failover).commandSenders),
    ...textsOf(recordOf(rotation).unmanagedAuthConfigs).flatMap((authConfig, index) =>
      authConfig.includes("/")
        ? unserved(["rotation", "unmanagedAuthConfigs", index], [authConfig.split("/")[0] ?? ""])
        : [],
    ),
  ];
}

/** Nothing of one partition can be named in another. Source: IAM User Guide, "Amazon Resource Names": partition. */
function partitionsAgree(settings: Written): Told[] {
  const here = partitionOfRegion(textOf(settings.region) ?? "")?.name;
  if (here === undefined) return [];
  const { rotation, failover, provisioning, permissionsBoundaryArn } = settings;
  const { alarmReadRoleArns, alarmRegions } = recordOf(failover);
  const arns = [
    ...placed(["rotation", "issuerFunctionArns"], recordOf(rotation).issuerFunctionArns),
    ...placed(["provisioning", "producers"], recordOf(provisioning).producers),
    ...Object.entries(recordOf(alarmReadRoleArns)).map(([account, value]) => ({
      path: ["failover", "alarmReadRoleArns", account],
      value,
    })),
    { path: ["permissionsBoundaryArn"], value: permissionsBoundaryArn },
  ];
  const said = [
    ...arns.map(({ path, value }) => ({ path, there: /^arn:([^:]*):/.exec(textOf(value) ?? "")?.[1] })),
    ...placed(["failover", "alarmRegions"], alarmRegions).map(({ path, value }) => ({
      path,
      there: partitionOfRegion(textOf(value) ?? "")?.name,
    })),
  ];
  return said.flatMap(({ path, there }) =>
    there === undefined || there === here
      ? []
      : [
          {
            path,
            message: `is of the partition ${there}, and the region ${String(settings.region)} of ${here}`,
            mend: `name one of ${here}, or leave it out: no partition of AWS sees into another`,
          },
        ],
  );
}

/** Lambda invokes nothing across regions. Source: AWS Lambda API Reference, "Invoke": FunctionName. */
function issuersAreReachable({ region, rotation }: Written): Told[] {
  const here = textOf(region) ?? "";
  return placed(["rotation", "issuerFunctionArns"], recordOf(rotation).issuerFunctionArns).flatMap(
    ({ path, value }) => {
      const there = textOf(value)?.split(":")[3] ?? "";
      // Of another partition it is said already.
      const isElsewhere = there !== here && partitionOfRegion(there) === partitionOfRegion(here);
      const message = `is in ${there}: a function can be invoked in its own region only`;
      return isElsewhere ? [{ path, message, mend: `deploy the issuer in ${here}, and name that one` }] : [];
    },
  );
}

/** Source: IAM User Guide, "Permissions boundaries": a managed policy of AWS's or of the same account. */
function boundaryIsOfTheAccount({ account, permissionsBoundaryArn }: Written): Told[] {
  const there = textOf(permissionsBoundaryArn)?.split(":")[4];
  if (textOf(account) === undefined || there === undefined || [account, "aws"].includes(there)) return [];
  const message = `is of the account ${there}; a boundary is of the same account (${String(account)}), or AWS's own`;
  const mend = `name the policy of ${String(account)}, or correct account`;
  return [{ path: ["permissionsBoundaryArn"], message, mend }];
}

function readersAreOfTheirAccount({ failover }: Written): Told[] {
  const message = "the role belongs to another account than the one whose alarms it is to read";
  return Object.entries(recordOf(recordOf(failover).alarmReadRoleArns)).flatMap(([account, role]) =>
    // A name that is no account is said by itself.
    !textLimits.accountId.pattern.test(account) || textOf(role) === undefined || textOf(role)?.split(":")[4] === account
      ? []
      : [
          {
            path: ["failover", "alarmReadRoleArns", account],
            message,
            mend: `write under each account the ARN of a role of that account: arn:aws:iam::${account}:role/...`,
          },
        ],
  );
}

/** SNS keeps one subscription for an endpoint. Source: Amazon SNS API Reference, "Subscribe". */
function endpointsDiffer({ notifications }: Written): Told[] {
  const { outcomes, chat: _chat, ...alarms } = recordOf(notifications);
  const twice = (endpoints: readonly unknown[], pathOf: (index: number) => readonly PropertyKey[]) => {
    const known = endpoints.map((each) => sameEndpoint(textOf(each)));
    return known.flatMap((endpoint, index) => {
      const at = known.indexOf(endpoint);
      if (endpoint === undefined || at === index) return [];
      const message = `is at [${at}] already, and SNS subscribes an endpoint once`;
      return [{ path: pathOf(index), message, mend: "leave it out here" }];
    });
  };
  return [
    ...Object.entries(alarms).flatMap(([list, endpoints]) =>
      twice(listOf(endpoints), (index) => ["notifications", list, index]),
    ),
    ...twice(
      listOf(outcomes).map((each) => recordOf(each).endpoint),
      (index) => ["notifications", "outcomes", index, "endpoint"],
    ),
  ];
}

/** Scheme, host and the whole of an e-mail address are the same in any case; a path is not. */
function sameEndpoint(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  return /^https:/i.test(text) ? (URL.parse(text)?.href ?? text) : text.toLowerCase();
}

/** Source: IAM User Guide, "Rules for tagging in IAM and AWS STS": keys are the same in any case, so many a resource. */
function tagsFit({ tags }: Written): Told[] {
  const keys = Object.keys(recordOf(tags));
  const lower = keys.map((key) => key.toLowerCase());
  const doubled = keys.flatMap((key, index) => {
    const at = lower.indexOf(key.toLowerCase());
    const message = `differs from "${keys[at]}" in case only`;
    return at === index ? [] : [{ path: ["tags", key], message, mend: "leave one of them out" }];
  });
  const ours = keys.filter((key) => /^ringcx:/i.test(key));
  return [
    ...doubled,
    // Tags of this name say what may be used by whom.
    ...ours.map((key) => ({
      path: ["tags", key],
      message: "tags that begin with ringcx: are this stack's own",
      mend: "give it another name, or leave it out",
    })),
    ...(keys.length > countLimits.tags.most
      ? [{ path: ["tags"], message: tooMany(countLimits.tags), mend: "leave the others out" }]
      : []),
  ];
}

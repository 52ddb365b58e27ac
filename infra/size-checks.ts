import { documentLimits } from "./aws-limits.ts";
import { listOf, recordOf, type Told, textOf, textsOf, type Written } from "./written-settings.ts";

// What settings make longer than AWS takes, as far as they tell it by themselves: before a function is bundled, and once, in however
// many stacks it is. The lengths are the least that they can be: what is between that and the truth is measured in the stacks
// (`constructs/building-blocks/document-size.ts`, `environment-size.ts`).

/** The pattern that alarms' events are taken by, without what names bring: those of the alarms that count, and of our own. */
const barePattern = {
  source: ["aws.cloudwatch"],
  "detail-type": ["CloudWatch Alarm State Change"],
  detail: { alarmName: [] },
  resources: [{ "anything-but": { prefix: "arn:aws:cloudwatch:us-east-1:111122223333:alarm:" } }],
};
const roomForPrefixes = documentLimits.eventPattern.most - JSON.stringify(barePattern).length;

/** About how long our own alarms' names begin, which goes into the pattern as well. */
const ownName = 60;

/** All prefixes are in each pattern, here and in each other region. */
export function patternsFit({ failover }: Written): Told[] {
  const prefixes = textsOf(recordOf(failover).alarmNamePrefixes);
  const lengthOf = (count: number) => JSON.stringify(prefixes.slice(0, count).map((prefix) => ({ prefix }))).length - 2;
  if (lengthOf(prefixes.length) <= roomForPrefixes) return [];
  const fitting = prefixes.filter((_, index) => lengthOf(index + 1) <= roomForPrefixes - ownName).length;
  const { most, service } = documentLimits.eventPattern;
  return [
    {
      path: ["failover", "alarmNamePrefixes"],
      message: `are ${prefixes.length}, and an event pattern has room for about ${fitting} of them: ${service} takes ${most} characters`,
      mend: `leave about ${fitting}, or write shorter ones: crm- is all that begins so; the alarms of none of them are found by the sweep, within a minute`,
    },
  ];
}

/** Bytes of a function's variables together. Source: AWS Lambda Developer Guide, "Lambda quotas". */
export const mostBytesOfVariables = 4_096;

/** The least that is in the variables of the function that has most, beside the connections. A test holds it. */
const bytesOfOthers = 1_400;

/** About what the ARN of a connection's secret is long. */
const secretArn = "x".repeat(110);

/** Every function has all connections in its variables, with their accounts where those are not parameters. */
export function variablesFit({ connections, accountsIn }: Written): Told[] {
  const all = listOf(connections).map((each) => ({
    name: textOf(recordOf(each).name) ?? "",
    accountIds: textsOf(recordOf(each).accountIds),
    secretId: secretArn,
  }));
  const room = mostBytesOfVariables - bytesOfOthers;
  const bare = JSON.stringify(all.map((each) => ({ ...each, accountIds: [] }))).length;
  if (bare > room) {
    const most = Math.floor((room * all.length) / bare);
    const message = `are ${all.length}, and the functions' variables have room for about ${most} of them: Lambda takes ${mostBytesOfVariables} bytes`;
    return [
      { path: ["connections"], message, mend: `leave about ${most} here, and the others to a second environment` },
    ];
  }
  const accounts = all.flatMap(({ accountIds }) => accountIds);
  const bytes = JSON.stringify(accounts).length - 2;
  if (accountsIn !== "variables" || bare + bytes <= room) return [];
  const most = Math.floor(((room - bare) * accounts.length) / bytes);
  const message = `the functions' variables have room for about ${most} accounts, and there are ${accounts.length}: Lambda takes ${mostBytesOfVariables} bytes`;
  return [{ path: ["accountsIn"], message, mend: 'write "parameters", or leave it out: then it is that' }];
}

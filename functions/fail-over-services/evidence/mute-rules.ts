import { type CloudWatchClient, GetAlarmMuteRuleCommand, paginateListAlarmMuteRules } from "@aws-sdk/client-cloudwatch";
import { describeRefusal } from "../watchlist/refusal.ts";

/** What alarm mute rules say in one region of an account. */
export interface MutedByRules {
  /** The rule that is active now, by the name of the alarm that it mutes. */
  ruleOf: ReadonlyMap<string, string>;
  /** Why rules could not be read, or not all of them, and what to grant; left out where all were. */
  unread?: string;
}

/**
 * Which alarms are muted by rules now: DescribeAlarms does not say so. One question where no rule is active, and one
 * more for each that is. Never throws.
 *
 * @param roleArn the role that the client assumes, to say whom to grant what
 */
export async function readMuteRules(client: CloudWatchClient, roleArn: string | undefined): Promise<MutedByRules> {
  const ruleOf = new Map<string, string>();
  try {
    const pages = paginateListAlarmMuteRules({ client, pageSize: 100 }, { Statuses: ["ACTIVE"] });
    for await (const { AlarmMuteRuleSummaries = [] } of pages) {
      await Promise.all(
        AlarmMuteRuleSummaries.map(async ({ AlarmMuteRuleArn = "" }) => {
          const rule = AlarmMuteRuleArn.split(":").slice(6).join(":");
          for (const name of await targetsOf(client, rule)) ruleOf.set(name, rule);
        }),
      );
    }
    return { ruleOf };
  } catch (error) {
    const action = "cloudwatch:ListAlarmMuteRules and cloudwatch:GetAlarmMuteRule";
    return { ruleOf, unread: describeRefusal(error, { action, roleArn }) };
  }
}

async function targetsOf(client: CloudWatchClient, rule: string): Promise<readonly string[]> {
  try {
    const { MuteTargets } = await client.send(new GetAlarmMuteRuleCommand({ AlarmMuteRuleName: rule }));
    return MuteTargets?.AlarmNames ?? [];
  } catch (error) {
    // Deleted since it was listed.
    if (error instanceof Error && error.name.startsWith("ResourceNotFound")) return [];
    throw error;
  }
}

import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { longestWaits } from "../../../shared/primitives/longest-waits.ts";
import { awsClientSettings } from "../../../shared/runtime/aws-client-settings.ts";
import type { Tools } from "../../../shared/runtime/lambda-handler.ts";
import type { TagPlace } from "../watchlist/find-alarm-tags.ts";
import { assumedRole } from "./assumed-role.ts";

/** What settles in which accounts alarms can be asked for. */
export interface AlarmClientsSettings {
  /** The account that this function runs in. */
  awsAccountId: string;
  /** Roles by account id. */
  alarmReadRoleArns: Readonly<Record<string, string>>;
}

/** Raised for an account whose alarms cannot be asked for before the settings change. */
export class AlarmAccountUnknownError extends Error {
  override readonly name = "AlarmAccountUnknownError";
}

/**
 * Clients for the places in which alarms live, kept for the life of the container. In another account they use the
 * role that the settings name for it; the SDK asks for new credentials when they are about to end.
 */
export function createAlarmClients(
  { awsAccountId, alarmReadRoleArns }: AlarmClientsSettings,
  tools: Pick<Tools, "clock" | "random">,
) {
  const cloudWatchClients = new Map<string, CloudWatchClient>();
  const asItself = (region: string, answerMs?: number) => ({ ...awsClientSettings(answerMs), region });
  const place = (region: string, roleArn: string | undefined, answerMs?: number) => ({
    ...asItself(region, answerMs),
    ...(roleArn !== undefined && {
      credentials: assumedRole(new CloudWatchClient(asItself(region)), roleArn, tools),
    }),
  });
  return {
    /**
     * Never the client of another account: it would say "there is no such alarm".
     *
     * @throws {AlarmAccountUnknownError}
     */
    cloudWatch({ region, account }: { region: string; account: string }): CloudWatchClient {
      const key = `${region}:${account}`;
      const roleArn = alarmReadRoleArns[account];
      if (roleArn === undefined && account !== awsAccountId) {
        throw new AlarmAccountUnknownError(
          `no role is configured for alarms of account ${account}: name one in failover.alarmReadRoleArns`,
        );
      }
      if (roleArn !== undefined && roleArn.split(":")[4] !== account) {
        throw new AlarmAccountUnknownError(
          `the role ${roleArn} is not one of account ${account}: correct failover.alarmReadRoleArns`,
        );
      }
      const client =
        cloudWatchClients.get(key) ?? new CloudWatchClient(place(region, roleArn, longestWaits.alarmsAnswerMs));
      cloudWatchClients.set(key, client);
      return client;
    },
    /** Each of the regions, here and in every account that there is a role for. */
    tagging(regions: readonly string[]): TagPlace[] {
      const accounts = [[awsAccountId, undefined] as const, ...Object.entries(alarmReadRoleArns)];
      return regions.flatMap((region) =>
        accounts.map(([account, roleArn]) => {
          const client = new ResourceGroupsTaggingAPIClient(place(region, roleArn));
          return { region, account, roleArn, client };
        }),
      );
    },
  };
}

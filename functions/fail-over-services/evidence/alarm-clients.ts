import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { fromTemporaryCredentials } from "@aws-sdk/credential-providers";

/**
 * Clients for the places in which alarms live, kept for the life of the container. In another account they use the
 * role that the settings name for it; the SDK asks for new credentials when they are about to end.
 *
 * @param alarmReadRoleArns roles by account id
 */
export function createAlarmClients(alarmReadRoleArns: Readonly<Record<string, string>>) {
  const cloudWatchClients = new Map<string, CloudWatchClient>();
  const place = (region: string, roleArn: string | undefined) => ({
    region,
    ...(roleArn !== undefined && {
      credentials: fromTemporaryCredentials({ params: { RoleArn: roleArn, RoleSessionName: "ringcx-failover" } }),
    }),
  });
  return {
    cloudWatch({ region, account }: { region: string; account: string }): CloudWatchClient {
      const key = `${region}:${account}`;
      const client = cloudWatchClients.get(key) ?? new CloudWatchClient(place(region, alarmReadRoleArns[account]));
      cloudWatchClients.set(key, client);
      return client;
    },
    /** One for each of the regions, here and in every account that there is a role for. */
    tagging(regions: readonly string[]): ResourceGroupsTaggingAPIClient[] {
      const roles = [undefined, ...Object.values(alarmReadRoleArns)];
      return regions.flatMap((region) =>
        roles.map((roleArn) => new ResourceGroupsTaggingAPIClient(place(region, roleArn))),
      );
    },
  };
}

import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";

/**
 * CloudWatch clients by place, kept for the life of the container. Alarms of another account are read with the role
 * that the settings name for it; the SDK asks for new credentials when they are about to end.
 */
export function createCloudWatchClients(alarmReadRoleArns: Readonly<Record<string, string>>) {
  const clients = new Map<string, CloudWatchClient>();
  return ({ region, account }: { region: string; account: string }): CloudWatchClient => {
    const place = `${region}:${account}`;
    const roleArn = alarmReadRoleArns[account];
    const client =
      clients.get(place) ??
      new CloudWatchClient({ region, ...(roleArn !== undefined && { credentials: () => assumed(roleArn) }) });
    clients.set(place, client);
    return client;
  };
}

async function assumed(roleArn: string) {
  const { Credentials } = await new STSClient({}).send(
    new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: "ringcx-failover" }),
  );
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {};
  if (AccessKeyId === undefined || SecretAccessKey === undefined) {
    throw new Error(`Assuming ${roleArn} gave no credentials`);
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(SessionToken !== undefined && { sessionToken: SessionToken }),
    ...(Expiration !== undefined && { expiration: Expiration }),
  };
}

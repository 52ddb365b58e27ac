import { type AwsService, AwsServiceError } from "../gateway/aws-request.ts";
import { escapeXml, queryResponse } from "../gateway/aws-response.ts";
import type { Roles } from "./roles.ts";

/** Security Token Service: who am I, and sessions of the template's roles. */
export function stsService(roles: Roles): AwsService {
  return ({ operation, input, accessKeyId }) => {
    const principal = roles.principal(accessKeyId) ?? roles.administrator;
    if (operation === "GetCallerIdentity") {
      const { arn, userId } = roles.identity(principal);
      const content = `<Arn>${arn}</Arn><UserId>${userId}</UserId><Account>${roles.account}</Account>`;
      return queryResponse(operation, content);
    }
    if (operation !== "AssumeRole") {
      throw new AwsServiceError("InvalidAction", `The local host's STS has no operation ${operation}.`);
    }
    const role = roles.find(String(input.RoleArn));
    if (!role) {
      const { arn } = roles.identity(principal);
      const what = `User: ${arn} is not authorized to perform: sts:AssumeRole on resource: ${String(input.RoleArn)}`;
      throw new AwsServiceError("AccessDenied", what, 403);
    }
    const session = roles.keyFor(role, String(input.RoleSessionName));
    const expiration = new Date(Date.now() + Number(input.DurationSeconds ?? 3600) * 1000).toISOString();
    const { arn, userId } = roles.identity(session);
    return queryResponse(
      operation,
      `<Credentials><AccessKeyId>${session.accessKeyId}</AccessKeyId><SecretAccessKey>${session.secretAccessKey}</SecretAccessKey>` +
        `<SessionToken>local</SessionToken><Expiration>${expiration}</Expiration></Credentials>` +
        `<AssumedRoleUser><Arn>${escapeXml(arn)}</Arn><AssumedRoleId>${userId}</AssumedRoleId></AssumedRoleUser>`,
    );
  };
}

import type { Clock, Random } from "../../../shared/primitives/clock.ts";
import { longestWaits } from "../../../shared/primitives/longest-waits.ts";
import { signedCall } from "../../../shared/runtime/signed-call.ts";
import type { SigningClient } from "../../../shared/runtime/signed-fetch.ts";

/** Credentials of a role, as the SDK's clients take them: they ask again when these are about to end. */
export interface RoleCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  expiration: Date;
}

/**
 * A provider of a role's credentials: STS's `AssumeRole` by a signed request, an hour each.
 * Source: AWS STS API Reference, "AssumeRole".
 *
 * @param client of the region that is asked, with the function's own credentials
 */
export function assumedRole(
  client: SigningClient,
  roleArn: string,
  tools: { clock: Pick<Clock, "sleep">; random: Random },
): () => Promise<RoleCredentials> {
  const body = new URLSearchParams({
    Action: "AssumeRole",
    Version: "2011-06-15",
    RoleArn: roleArn,
    RoleSessionName: "ringcx-failover",
  }).toString();
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  return async () => {
    const request = { service: "sts", headers, body, answerMs: longestWaits.alarmsAnswerMs } as const;
    const { text } = await signedCall(client, request, tools);
    const said = (name: string): string => {
      const value = new RegExp(`<${name}>([^<]+)</${name}>`).exec(text)?.[1];
      if (value === undefined) throw new Error(`STS answered without ${name} for ${roleArn}`);
      return value;
    };
    return {
      accessKeyId: said("AccessKeyId"),
      secretAccessKey: said("SecretAccessKey"),
      sessionToken: said("SessionToken"),
      expiration: new Date(said("Expiration")),
    };
  };
}

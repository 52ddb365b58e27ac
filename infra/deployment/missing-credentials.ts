import { GetCallerIdentityCommand, type STSClient } from "@aws-sdk/client-sts";

/** What AWS answers to credentials that are none, or no longer. Source: AWS STS API Reference, "Common Errors". */
const refused = ["ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"];

/**
 * In words, with what to type, that nobody can deploy with the credentials of this machine: `cdk deploy` would find that out
 * when everything is bundled. Where it cannot be known (no way to STS, a device that asks for a code) nothing is said.
 *
 * @param profile which one was asked for, if any
 */
export async function missingCredentials(
  sts: Pick<STSClient, "send">,
  profile: string | undefined,
): Promise<string | undefined> {
  try {
    await sts.send(new GetCallerIdentityCommand({}));
    return undefined;
  } catch (error) {
    const { name, message } = error instanceof Error ? error : { name: "", message: "" };
    const isRefused = refused.includes(name);
    // CDK asks for the code of a second factor by itself.
    if (!isRefused && (name !== "CredentialsProviderError" || /multi-factor|mfa/i.test(message))) return undefined;
    const which = profile === undefined ? "" : ` of the profile ${JSON.stringify(profile)}`;
    const login = `aws sso login${profile === undefined ? "" : ` --profile ${profile}`}`;
    const found = isRefused ? `AWS refuses the credentials${which} (${name})` : `There are no AWS credentials${which}`;
    return `${found}, so that nothing was deployed. Type one of these, and deploy again:
  ${login}    where you log in by IAM Identity Center
  export AWS_PROFILE=NAME    for another profile; aws configure list-profiles names them
  aws sts get-caller-identity    says who you are to AWS`;
  }
}

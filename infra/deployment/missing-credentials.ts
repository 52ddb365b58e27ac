import { GetCallerIdentityCommand, type STSClient } from "@aws-sdk/client-sts";

/** What AWS answers to credentials that are none, or no longer. Source: AWS STS API Reference, "Common Errors". */
const refused = ["ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"];

/** What Node says of an address at which nobody is. */
const nobodyThere = ["ECONNREFUSED", "ENOTFOUND", "EHOSTUNREACH", "ENETUNREACH", "ECONNRESET"];

/**
 * In words, that a variable names an endpoint that is no URL: the SDK fails with it as if there were no answer, and CDK in words
 * of its own when everything is bundled. Pure. Source: AWS SDKs and Tools Reference Guide, "Service-specific endpoints".
 */
export function unusableEndpoint(variables: Readonly<Record<string, string | undefined>>): string | undefined {
  const isUsable = (value: string) => /^https?:$/.test(URL.parse(value)?.protocol ?? "");
  const found = Object.entries(variables).find(
    ([name, value]) => /^AWS_ENDPOINT_URL(_|$)/.test(name) && value !== undefined && value !== "" && !isUsable(value),
  );
  // Its value may be another variable's, so a secret.
  return (
    found &&
    `${found[0]} holds no http:// or https:// URL, so that nothing was deployed: set it to one, such as http://127.0.0.1:4566, or unset it for AWS itself.`
  );
}

/**
 * In words, with what to type, that nobody can deploy with the credentials of this machine: `cdk deploy` would find that out
 * when everything is bundled. Where it cannot be known (no way to AWS's own STS, a device that asks for a code) nothing is said.
 *
 * @param profile which one was asked for, if any
 * @param endpoint in the place of AWS's own, if one is set: whoever set it means it, so that nobody there is an error
 */
export async function missingCredentials(
  sts: Pick<STSClient, "send">,
  profile: string | undefined,
  endpoint?: string,
): Promise<string | undefined> {
  try {
    await sts.send(new GetCallerIdentityCommand({}));
    return undefined;
  } catch (error) {
    const code = codeOf(error);
    if (endpoint && nobodyThere.includes(code)) {
      return `AWS cannot be reached at ${endpoint} (${code}), so that nothing was deployed. AWS_ENDPOINT_URL, or AWS_ENDPOINT_URL_STS, names it: set it to where it answers, such as http://127.0.0.1:4566, or unset it for AWS itself.`;
    }
    const { name, message } = error instanceof Error ? error : { name: "", message: "" };
    const isRefused = refused.includes(name);
    // CDK asks for the code of a second factor by itself.
    if (!isRefused && (name !== "CredentialsProviderError" || /multi-factor|mfa/i.test(message))) return undefined;
    const which = profile === undefined ? "" : ` of the profile ${JSON.stringify(profile)}`;
    // The SDK says the same of a profile without credentials and of a name that no profile has.
    const orNone = profile === undefined ? "" : ", or there is no such profile";
    const found = isRefused
      ? `AWS refuses the credentials${which} (${name})`
      : `There are no AWS credentials${which}${orNone}`;
    const login = `aws sso login${profile === undefined ? "" : ` --profile ${profile}`}`;
    return `${found}, so that nothing was deployed. Type one of these, and deploy again:
  aws configure list-profiles    names the profiles of this machine; export AWS_PROFILE=NAME takes another
  ${login}    where you log in by IAM Identity Center
  aws sts get-caller-identity    says who you are to AWS`;
  }
}

/** What the connection failed with; of a name with several addresses, at the first. */
function codeOf(error: unknown): string {
  const { code, errors } = error as { code?: unknown; errors?: readonly unknown[] };
  return typeof code === "string" ? code : errors?.[0] === undefined ? "" : codeOf(errors[0]);
}

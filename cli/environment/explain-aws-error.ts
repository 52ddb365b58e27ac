import { edition } from "../../infra/edition.ts";
import { AutomationError } from "../../shared/primitives/errors.ts";
import { UnreachableError } from "../exit-codes.ts";

/** Where something failed, for the sentence that says so. */
export interface Place {
  region: string;
  /** The stack that was looked for, where one was. */
  stack?: string;
  /** Whether it is the system that runs on this machine. */
  isLocal?: boolean;
}

/**
 * What went wrong with AWS, or with the local system, in one sentence that says what to do. Errors of our own say that
 * themselves, and those that nothing is known of stay as they are.
 */
export function explainAwsError(error: unknown, place: Place): unknown {
  if (error instanceof AutomationError) return error;
  const sentence = sentenceFor(error, place);
  return sentence === undefined ? error : new UnreachableError(sentence, error);
}

function sentenceFor(error: unknown, { region, stack, isLocal = false }: Place): string | undefined {
  const { name, message, codes } = factsOf(error);
  const is = (...names: string[]) => names.includes(name);
  if (is("CredentialsProviderError")) {
    return "There are no AWS credentials: sign in (aws sso login), or set AWS_PROFILE to a profile that there is (aws configure list-profiles).";
  }
  if (is("ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired")) {
    return "The AWS credentials have expired: sign in again (aws sso login).";
  }
  if (is("InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch", "InvalidSignatureException")) {
    return `AWS does not know these credentials in ${region}: look at AWS_PROFILE, and at AWS_ACCESS_KEY_ID, which wins over it.`;
  }
  if (is("ValidationError") && stack !== undefined && message.includes("does not exist")) {
    return `There is no stack ${stack} in ${region} in this AWS account: look at --environment, --region and AWS_PROFILE, or deploy it (${edition.deploy(stack.replace(/^RingCxAutomation-/, ""))}).`;
  }
  if (is("AccessDenied", "AccessDeniedException", "AuthorizationError")) {
    return `AWS refuses it: ${message} Which permissions the command line needs is in docs/operating.md.`;
  }
  if (is("ResourceNotFoundException", "QueueDoesNotExist")) {
    return `It is not there any more in ${region}: ${message} ${isLocal ? "The local system has been started anew?" : "Has the stack been deleted?"}`;
  }
  if (codes.some((code) => ["ECONNREFUSED", "ECONNRESET", "EPIPE"].includes(code))) {
    return isLocal
      ? `The local system is not running any more: start it with ${edition.localSystem} in another terminal.`
      : `AWS cannot be reached in ${region}: the connection was refused. Look at the network, and at AWS_ENDPOINT_URL.`;
  }
  if (codes.includes("ENOTFOUND") || codes.includes("EAI_AGAIN")) {
    return `AWS cannot be reached in ${region}: no such host. Is it a region that there is, and does this machine reach the internet?`;
  }
  if (is("TimeoutError")) return `AWS did not answer in time in ${region}. Look at the network.`;
  const network = codes.find((code) => networkCode.test(code));
  if (network !== undefined || (is("TypeError") && /^(fetch failed|Invalid URL)$/.test(message))) {
    const because = [network ?? "", innermost(error)].filter((text) => text !== "").join(": ");
    return `AWS cannot be reached in ${region} (${because}). Look at the network, and at AWS_ENDPOINT_URL.`;
  }
  if (isServerFault(error)) return `AWS fails in ${region} (${name}): try again in a moment.`;
  return undefined;
}

/** How Node, undici and OpenSSL call what keeps a connection from being made. */
const networkCode =
  /^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL|EPROTO|UND_ERR_\w+|ERR_(SSL|TLS)_\w+|ERR_INVALID_URL|CERT_\w+|\w*SELF_SIGNED\w*|UNABLE_TO_\w+)$/;

/** What lies beneath a failure that only says that there was one. */
function innermost(error: unknown): string {
  if (!(error instanceof Error)) return "";
  return error.cause instanceof Error ? innermost(error.cause) : error.message;
}

/** AWS's own fault, as its SDK marks it. */
function isServerFault(error: unknown): boolean {
  return error instanceof Error && "$fault" in error && error.$fault === "server";
}

/** The SDK's errors wrap others: of a failed connection, of several attempts. */
function factsOf(error: unknown): { name: string; message: string; codes: string[] } {
  if (!(error instanceof Error)) return { name: "", message: String(error), codes: [] };
  const code = "code" in error && typeof error.code === "string" ? [error.code] : [];
  const inner = [error.cause, ...(error instanceof AggregateError ? error.errors : [])];
  return { name: error.name, message: error.message, codes: [...code, ...inner.flatMap((one) => factsOf(one).codes)] };
}

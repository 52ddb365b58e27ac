import { text as textOf } from "node:stream/consumers";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SignatureV4 } from "@smithy/signature-v4";

/** A client of the SDK of whatever service: its region, credentials and hash sign for any other one as well, its agent connects. */
export interface SigningClient {
  config: Pick<DynamoDBClient["config"], "region" | "credentials" | "sha256" | "requestHandler"> & {
    /** In every part of AWS the hosts of a region's services differ by their first word alone. */
    endpointProvider(parameters: { Region?: string }): { url: URL };
  };
}

/** The services that are asked so, as signatures and hosts name them, with the ids by which the variables of AWS SDKs name an endpoint. */
const serviceIds = {
  cloudformation: "CLOUDFORMATION",
  lambda: "LAMBDA",
  logs: "CLOUDWATCH_LOGS",
  monitoring: "CLOUDWATCH",
  sns: "SNS",
  sqs: "SQS",
  ssm: "SSM",
  sts: "STS",
  tagging: "RESOURCE_GROUPS_TAGGING_API",
} as const;

/** A request to an AWS service of which few operations are asked: an SDK client of its own would be up to 70 KB of every start. */
export interface SignedRequest {
  service: keyof typeof serviceIds;
  /** Where the service is. @default as an AWS SDK would find it */
  endpoint?: string | undefined;
  /** Encoded once. @default "/" */
  path?: string;
  headers: Readonly<Record<string, string>>;
  body: string;
  /** Longest wait for the whole answer, in milliseconds. */
  answerMs: number;
}

/** What a service answered. */
export interface SignedResponse {
  status: number;
  /** By lower-case names. */
  headers: Readonly<Record<string, string | undefined>>;
  text: string;
}

/**
 * A POST with a signature of version 4, once. It goes by the SDK's own connections: `fetch` would cost its loading, 15 ms of
 * processor time, where nothing else needs it.
 *
 * @throws {DOMException} `TimeoutError`; Node's own error where the service cannot be reached
 */
export async function signedFetch(
  { config }: SigningClient,
  { service, endpoint, path = "/", headers, body, answerMs }: SignedRequest,
): Promise<SignedResponse> {
  const { credentials, sha256 } = config;
  const region = await config.region();
  const url = new URL(endpoint ?? endpointOf(service, config.endpointProvider({ Region: region }).url.hostname));
  // As every service but S3: a path that is encoded already is encoded once more in what is signed.
  const signer = new SignatureV4({ service, region, credentials, sha256 });
  const signed = await signer.sign({
    method: "POST",
    protocol: url.protocol,
    hostname: url.hostname,
    ...(url.port !== "" && { port: Number(url.port) }),
    path,
    query: {},
    headers: { host: url.host, ...headers },
    body,
  });
  const abortSignal = AbortSignal.timeout(answerMs);
  try {
    const { response } = await config.requestHandler.handle(signed, { abortSignal, requestTimeout: answerMs });
    return { status: response.statusCode, headers: response.headers, text: await textOf(response.body) };
  } catch (error) {
    throw abortSignal.aborted ? abortSignal.reason : error;
  }
}

/** `AWS_ENDPOINT_URL` says so for all that an AWS SDK calls, and for this. */
function endpointOf(service: keyof typeof serviceIds, sibling: string): string {
  const { [`AWS_ENDPOINT_URL_${serviceIds[service]}`]: own, AWS_ENDPOINT_URL: all } = process.env;
  return own || all || `https://${sibling.replace(/^[^.]+/, service)}`;
}

import type { SQSClient } from "@aws-sdk/client-sqs";
import { SignatureV4 } from "@smithy/signature-v4";

/** A client of the SDK of whatever service: its region, credentials and hash sign for any other one as well. */
export interface SigningClient {
  config: Pick<SQSClient["config"], "region" | "credentials" | "sha256"> & {
    /** In every part of AWS the hosts of a region's services differ by their first word alone. */
    endpointProvider(parameters: { Region?: string }): { url: URL };
  };
}

/** The services that are asked so, with the ids by which the variables of AWS SDKs name an endpoint. */
const serviceIds = {
  cloudformation: "CLOUDFORMATION",
  lambda: "LAMBDA",
  logs: "CLOUDWATCH_LOGS",
  sns: "SNS",
  ssm: "SSM",
  sts: "STS",
} as const;

/** A request to an AWS service of which one operation is asked: an SDK client of its own would be up to 70 KB of every start. */
export interface SignedRequest {
  service: keyof typeof serviceIds;
  /** Where the service is. @default as an AWS SDK would find it */
  endpoint?: string | undefined;
  /** Encoded once. @default "/" */
  path?: string;
  headers: Readonly<Record<string, string>>;
  body: string;
  /** Longest wait for the answer, in milliseconds. */
  answerMs: number;
}

/**
 * A POST with a signature of version 4, once.
 *
 * @throws {DOMException} `TimeoutError`; a `TypeError` where the service cannot be reached
 */
export async function signedFetch(
  { config }: SigningClient,
  { service, endpoint, path = "/", headers, body, answerMs }: SignedRequest,
): Promise<Response> {
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
  return fetch(new URL(path, url), {
    method: "POST",
    headers: signed.headers,
    body,
    signal: AbortSignal.timeout(answerMs),
  });
}

/** `AWS_ENDPOINT_URL` says so for all that an AWS SDK calls, and for this. */
function endpointOf(service: keyof typeof serviceIds, sibling: string): string {
  const { [`AWS_ENDPOINT_URL_${serviceIds[service]}`]: own, AWS_ENDPOINT_URL: all } = process.env;
  return own || all || `https://${sibling.replace(/^[^.]+/, service)}`;
}

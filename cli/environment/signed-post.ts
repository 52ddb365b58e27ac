import type { SQSClient } from "@aws-sdk/client-sqs";
import { SignatureV4 } from "@smithy/signature-v4";

/** What is posted to an AWS service of which one operation is asked: not worth an SDK client of its own. */
export interface SignedPost {
  contentType: string;
  body: string;
  /** `X-Amz-Target` of the services that speak JSON. */
  target?: string;
  /** Where the service is. @default as an AWS SDK would find it */
  endpoint?: string | undefined;
}

/**
 * A signed POST to an AWS service of the client's region.
 *
 * @param client whose region, credentials and hash are used
 * @param service as the signature and the host name have it: `cloudformation`, `logs`
 */
export async function signedPost(
  client: SQSClient,
  service: string,
  { contentType, body, target, endpoint }: SignedPost,
): Promise<{ status: number; text: string }> {
  const region = await client.config.region();
  const url = new URL(endpoint ?? endpointOf(service, region));
  const signer = new SignatureV4({
    service,
    region,
    credentials: client.config.credentials,
    sha256: client.config.sha256,
  });
  const { method, headers } = await signer.sign({
    method: "POST",
    protocol: url.protocol,
    hostname: url.hostname,
    ...(url.port !== "" && { port: Number(url.port) }),
    path: "/",
    query: {},
    headers: { host: url.host, "content-type": contentType, ...(target !== undefined && { "x-amz-target": target }) },
    body,
  });
  const response = await fetch(url, { method, headers, body, signal: AbortSignal.timeout(15_000) });
  return { status: response.status, text: await response.text() };
}

/** The service ids by which the variables of AWS SDKs name an endpoint. */
const serviceIds: Readonly<Record<string, string>> = { cloudformation: "CLOUDFORMATION", logs: "CLOUDWATCH_LOGS" };

/** Where a service is; `AWS_ENDPOINT_URL` says so for all that an AWS SDK calls, and for this. */
function endpointOf(service: string, region: string): string {
  const { [`AWS_ENDPOINT_URL_${serviceIds[service]}`]: own, AWS_ENDPOINT_URL: all } = process.env;
  const suffix = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return own || all || `https://${service}.${region}.${suffix}`;
}

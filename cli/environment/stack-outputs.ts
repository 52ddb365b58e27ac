import type { SQSClient } from "@aws-sdk/client-sqs";
import { SignatureV4 } from "@smithy/signature-v4";

/** An error that CloudFormation answered. */
export class CloudFormationError extends Error {
  /** CloudFormation's code: `ValidationError` where there is no such stack. */
  override readonly name: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = code;
  }
}

/**
 * The outputs of a stack: one signed `DescribeStacks`. Source: AWS CloudFormation API Reference, "DescribeStacks".
 *
 * @param client whose region, credentials and hash are used
 * @throws {CloudFormationError} with CloudFormation's code
 */
export async function readStackOutputs(client: SQSClient, stackName: string): Promise<Record<string, string>> {
  const region = await client.config.region();
  const url = new URL(endpointOf(region));
  const body = new URLSearchParams({ Action: "DescribeStacks", Version: "2010-05-15", StackName: stackName });
  const signer = new SignatureV4({
    service: "cloudformation",
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
    headers: { host: url.host, "content-type": "application/x-www-form-urlencoded" },
    body: body.toString(),
  });
  const response = await fetch(url, {
    method,
    headers,
    body: body.toString(),
    signal: AbortSignal.timeout(15_000),
  });
  return parseStackOutputs(await response.text());
}

/** Where CloudFormation is; `AWS_ENDPOINT_URL` says so for all that an AWS SDK calls, and for this. */
function endpointOf(region: string): string {
  const { AWS_ENDPOINT_URL_CLOUDFORMATION: own, AWS_ENDPOINT_URL: all } = process.env;
  const suffix = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return own || all || `https://cloudformation.${region}.${suffix}`;
}

/**
 * Outputs by name from CloudFormation's XML. A stack's outputs hold no element of their own.
 *
 * @throws {CloudFormationError}
 */
export function parseStackOutputs(xml: string): Record<string, string> {
  const code = element(xml, "Code");
  if (code !== undefined) throw new CloudFormationError(code, element(xml, "Message") ?? code);
  const members = element(xml, "Outputs")?.split("</member>") ?? [];
  return Object.fromEntries(
    members.flatMap((member) => {
      const key = element(member, "OutputKey");
      return key === undefined ? [] : [[key, element(member, "OutputValue") ?? ""]];
    }),
  );
}

const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

function element(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([\\s\\S]*?)</${name}>`).exec(xml)?.[1];
  return text?.replace(/&(lt|gt|quot|apos|amp);/g, (_, entity: string) => entities[entity] ?? "");
}

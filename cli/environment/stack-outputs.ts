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
  const suffix = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  const hostname = `cloudformation.${region}.${suffix}`;
  const body = new URLSearchParams({ Action: "DescribeStacks", Version: "2010-05-15", StackName: stackName });
  const signer = new SignatureV4({
    service: "cloudformation",
    region,
    credentials: client.config.credentials,
    sha256: client.config.sha256,
  });
  const { method, headers } = await signer.sign({
    method: "POST",
    protocol: "https:",
    hostname,
    path: "/",
    query: {},
    headers: { host: hostname, "content-type": "application/x-www-form-urlencoded" },
    body: body.toString(),
  });
  const response = await fetch(`https://${hostname}/`, {
    method,
    headers,
    body: body.toString(),
    signal: AbortSignal.timeout(15_000),
  });
  return parseStackOutputs(await response.text());
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

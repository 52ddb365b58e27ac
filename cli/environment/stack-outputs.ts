import type { SQSClient } from "@aws-sdk/client-sqs";
import { signedPost } from "./signed-post.ts";

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
  return parseStackOutputs(await askCloudFormation(client, { Action: "DescribeStacks", StackName: stackName }));
}

/** No more than this many pages of a hundred stacks: it is for the nearest names only. */
const mostPages = 20;

/**
 * The names of the stacks that are there: signed `ListStacks`. Source: AWS CloudFormation API Reference, "ListStacks".
 *
 * @param client see {@link readStackOutputs}
 * @throws {CloudFormationError} with CloudFormation's code
 */
export async function readStackNames(client: SQSClient): Promise<string[]> {
  // Without a filter it lists what was deleted in the last 90 days as well.
  const present = ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE"];
  const filter = Object.fromEntries(present.map((status, at) => [`StackStatusFilter.member.${at + 1}`, status]));
  const names: string[] = [];
  let next: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const token = next === undefined ? {} : { NextToken: next };
    const xml = await askCloudFormation(client, { Action: "ListStacks", ...filter, ...token });
    throwIfError(xml);
    for (const [, name = ""] of xml.matchAll(/<StackName>([^<]*)<\/StackName>/g)) names.push(name);
    next = element(xml, "NextToken");
    if (next === undefined) break;
  }
  return names;
}

async function askCloudFormation(client: SQSClient, parameters: Readonly<Record<string, string>>): Promise<string> {
  const { text } = await signedPost(client, "cloudformation", {
    contentType: "application/x-www-form-urlencoded",
    body: new URLSearchParams({ ...parameters, Version: "2010-05-15" }).toString(),
  });
  return text;
}

/**
 * Outputs by name from CloudFormation's XML. A stack's outputs hold no element of their own.
 *
 * @throws {CloudFormationError}
 */
export function parseStackOutputs(xml: string): Record<string, string> {
  throwIfError(xml);
  const members = element(xml, "Outputs")?.split("</member>") ?? [];
  return Object.fromEntries(
    members.flatMap((member) => {
      const key = element(member, "OutputKey");
      return key === undefined ? [] : [[key, element(member, "OutputValue") ?? ""]];
    }),
  );
}

/** @throws {CloudFormationError} where the answer is an error */
function throwIfError(xml: string): void {
  const code = element(xml, "Code");
  if (code !== undefined) throw new CloudFormationError(code, element(xml, "Message") ?? code);
}

const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

function element(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([\\s\\S]*?)</${name}>`).exec(xml)?.[1];
  return text?.replace(/&(lt|gt|quot|apos|amp);/g, (_, entity: string) => entities[entity] ?? "");
}

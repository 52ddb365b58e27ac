import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Addresses, contractDocuments } from "../../shared/contract/documents.ts";
import type { EnvironmentSettings } from "../environments.ts";

/**
 * Writes the contract of a deployed environment, with its addresses, for those who are to send messages and hear of
 * outcomes: JSON Schemas and an AsyncAPI document in one folder.
 *
 * @param outputs the deployed stack's; without the addresses there is nothing to write
 * @param root where the folder is made. @default "cdk.out", which nobody commits
 * @returns what to tell whoever deploys, in sentences
 */
export function writeDeployedContract(
  { name }: Pick<EnvironmentSettings, "name">,
  outputs: Readonly<Record<string, string>>,
  root = "cdk.out",
): string[] {
  const {
    ProvisioningQueueUrl: provisioning,
    CommandQueueUrl: commands,
    OutcomeTopicArn: outcomes,
    ParameterPath: path,
  } = outputs;
  if (provisioning === undefined || commands === undefined || outcomes === undefined) return [];
  const addresses: Addresses = { provisioning, commands, outcomes };
  const folder = join(root, `contract-${name}`);
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of contractDocuments(addresses)) writeFileSync(join(folder, file), text);
  const lookedUp = path === undefined ? "" : `, and parameters under ${path} for what they deploy themselves`;
  return [
    `For producers (docs/producers.md): ${join(folder, "asyncapi.json")} has the addresses${lookedUp}.`,
    ...Object.entries(addresses).map(([channel, address]) => `  ${channel}: ${address}`),
  ];
}

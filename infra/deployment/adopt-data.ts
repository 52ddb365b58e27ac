import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { App } from "aws-cdk-lib";
import type { EnvironmentSettings } from "../environments.ts";
import { RingCxAutomationStack } from "../ringcx-automation-stack.ts";
import { type ResourceMapping, type RetainedDataQuestion, retainedData } from "./retained-data.ts";

/**
 * What a removed stack of an environment has left behind, for `cdk import`.
 *
 * @param tableName the table to take, where several generations have been left behind
 * @throws {Error} in words, where there is nothing or too much
 */
export async function dataToAdopt(
  settings: EnvironmentSettings,
  { stack, tableName }: { stack: string; tableName?: string | undefined },
): Promise<ResourceMapping> {
  // Logical ids only: what the functions do is of no interest.
  const app = new App({
    context: { "aws:cdk:bundling-stacks": [] },
    // It takes longer than everything else here, and `cdk deploy` makes it anyway.
    builtinCloudFormationValidation: false,
  });
  const { artifactId, stackName } = new RingCxAutomationStack(app, stack, { environment: settings });
  const { Resources } = app.synth().getStackArtifact(artifactId).template as {
    Resources: RetainedDataQuestion["resources"];
  };
  const config = { region: settings.region };
  return retainedData({
    dynamoDb: new DynamoDBClient(config),
    secrets: new SecretsManagerClient(config),
    stackName,
    resources: Resources,
    tableName,
  });
}

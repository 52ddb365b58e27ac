import * as z from "zod";
import { policyDocumentSchema } from "../iam/statement.ts";
import { type HostServices, physicalName, resourceKind } from "./resource-kind.ts";

/** What dynalite is told. */
const shape = {
  TableName: z.string().optional(),
  KeySchema: z.array(z.looseObject({ AttributeName: z.string() })),
  AttributeDefinitions: z.array(z.unknown()),
  BillingMode: z.string().optional(),
  GlobalSecondaryIndexes: z.array(z.unknown()).optional(),
  LocalSecondaryIndexes: z.array(z.unknown()).optional(),
  TimeToLiveSpecification: z.strictObject({ AttributeName: z.string(), Enabled: z.boolean() }).optional(),
};

/** No effect here: the table is not backed up. */
const withoutEffect = {
  DeletionProtectionEnabled: z.boolean().optional(),
  Tags: z.unknown().optional(),
};

async function create(properties: z.output<z.ZodObject<typeof shape>>, logicalId: string, host: HostServices) {
  const name = properties.TableName ?? physicalName(logicalId, host, 255);
  const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, LocalSecondaryIndexes } = properties;
  const create = host.dynamoDb.call("CreateTable", {
    TableName: name,
    KeySchema,
    AttributeDefinitions,
    BillingMode: "PAY_PER_REQUEST",
    ...(GlobalSecondaryIndexes !== undefined && { GlobalSecondaryIndexes }),
    ...(LocalSecondaryIndexes !== undefined && { LocalSecondaryIndexes }),
  });
  await create.catch((error: unknown) => {
    // A folder keeps it from an earlier run.
    if (!String(error).includes("ResourceInUseException")) throw error;
  });
  for (;;) {
    const { Table } = await host.dynamoDb.call("DescribeTable", { TableName: name });
    if (z.object({ TableStatus: z.string() }).parse(Table).TableStatus === "ACTIVE") break;
  }
  const { AttributeName, Enabled } = properties.TimeToLiveSpecification ?? {};
  if (AttributeName !== undefined && Enabled) {
    host.expiredItems.add(
      name,
      AttributeName,
      KeySchema.map((key) => key.AttributeName),
    );
  }
  const arn = `arn:aws:dynamodb:${host.region}:${host.account}:table/${name}`;
  return { ref: name, attributes: { Arn: arn, TableId: logicalId } };
}

const tableSchema = z.strictObject({
  ...shape,
  ...withoutEffect,
  SSESpecification: z.looseObject({ KMSMasterKeyId: z.string().optional() }).optional(),
  PointInTimeRecoverySpecification: z.unknown().optional(),
  ProvisionedThroughput: z.unknown().optional(),
  ResourcePolicy: z.unknown().optional(),
});

export const table = resourceKind(tableSchema, async (properties, logicalId, host) => {
  const created = await create(properties, logicalId, host);
  const key = properties.SSESpecification?.KMSMasterKeyId;
  if (key) host.access.encrypt(created.attributes.Arn, key);
  return created;
});

const replicaSchema = z.strictObject({
  Region: z.string(),
  SSESpecification: z.looseObject({ KMSMasterKeyId: z.string().optional() }).optional(),
  ResourcePolicy: z.strictObject({ PolicyDocument: policyDocumentSchema }).optional(),
  PointInTimeRecoverySpecification: z.unknown().optional(),
  ContributorInsightsSpecification: z.unknown().optional(),
  ...withoutEffect,
});

const globalTableSchema = z.strictObject({
  ...shape,
  ...withoutEffect,
  Replicas: z.array(replicaSchema).length(1, "the local host has one region"),
  SSESpecification: z.unknown().optional(),
  WriteOnDemandThroughputSettings: z.unknown().optional(),
  StreamSpecification: z.undefined().optional(),
});

export const globalTable = resourceKind(globalTableSchema, async (properties, logicalId, host) => {
  const created = await create(properties, logicalId, host);
  const [replica] = properties.Replicas;
  if (replica?.SSESpecification?.KMSMasterKeyId) {
    host.access.encrypt(created.attributes.Arn, replica.SSESpecification.KMSMasterKeyId);
  }
  if (replica?.ResourcePolicy) {
    host.access.attach(created.attributes.Arn, replica.ResourcePolicy.PolicyDocument.Statement);
  }
  return created;
});

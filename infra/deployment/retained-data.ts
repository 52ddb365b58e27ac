import {
  DescribeTableCommand,
  type DynamoDBClient,
  paginateListTables,
  type TableDescription,
} from "@aws-sdk/client-dynamodb";
import {
  DescribeSecretCommand,
  type DescribeSecretResponse,
  paginateListSecrets,
  type SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";

/** How CloudFormation names what it is to import: by logical id, the properties that identify it. */
export type ResourceMapping = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A resource of a synthesized template. */
interface TemplateResource {
  Type: string;
  Properties?: Readonly<Record<string, unknown>>;
}

/** Where to look, and for what. */
export interface RetainedDataQuestion {
  dynamoDb: DynamoDBClient;
  secrets: SecretsManagerClient;
  /** Name of the stack that has been removed, and is to be deployed again. */
  stackName: string;
  /** Resources of the stack that is to be deployed, by logical id. */
  resources: Readonly<Record<string, TemplateResource>>;
  /** The table, where there are several. */
  tableName?: string | undefined;
}

/**
 * What a removed stack has left behind, as `cdk import` takes it into a new one: the state table, the key that encrypts it,
 * and those secrets under this key that hold the logins. The table is known by its name, which CloudFormation begins with the
 * stack's; everything else by the key.
 *
 * @throws {Error} where there is none, or several and none is named: which of them is right, a person must say
 */
export async function retainedData(question: RetainedDataQuestion): Promise<ResourceMapping> {
  const { resources, secrets } = question;
  const [tableId] = idsOf(resources, "AWS::DynamoDB::Table");
  const [keyId] = idsOf(resources, "AWS::KMS::Key");
  const table = await retainedTable(question, tableId);
  const keyArn = table.SSEDescription?.KMSMasterKeyArn;
  if (tableId === undefined || keyId === undefined || keyArn === undefined) {
    throw new Error(`The table ${table.TableName} is not encrypted with a key of its stack: it is another one's.`);
  }
  const logins = await loginsUnder(secrets, keyArn);
  const found = idsOf(resources, "AWS::SecretsManager::Secret").flatMap((id) => {
    const description = resources[id]?.Properties?.Description;
    const same = logins.filter((secret) => secret.Description === description);
    if (same.length > 1)
      throw new Error(
        `There are ${same.length} secrets "${description}" under ${keyArn}: delete those that are wrong.`,
      );
    return same.map((secret) => [id, { Id: secret.ARN ?? "" }] as const);
  });
  return {
    [tableId]: { TableName: table.TableName ?? "" },
    [keyId]: { KeyId: lastPart(keyArn) },
    ...Object.fromEntries(found),
  };
}

async function retainedTable(
  { dynamoDb, stackName, tableName }: RetainedDataQuestion,
  tableId = "",
): Promise<TableDescription> {
  const prefix = `${stackName}-${tableId}-`;
  const names: string[] = [];
  for await (const { TableNames = [] } of paginateListTables({ client: dynamoDb }, {})) {
    names.push(...TableNames.filter((name) => name.startsWith(prefix)));
  }
  const wanted = tableName === undefined ? names : names.filter((name) => name === tableName);
  const tables = await Promise.all(
    wanted.map(async (TableName) => (await dynamoDb.send(new DescribeTableCommand({ TableName }))).Table ?? {}),
  );
  const [table, ...others] = tables;
  if (!table) {
    const known = names.length === 0 ? "" : ` There are: ${names.join(", ")}.`;
    throw new Error(`No table of ${stackName} has been left behind (${tableName ?? `${prefix}*`}).${known}`);
  }
  if (others.length > 0) {
    const lines = tables.map(
      ({ TableName, CreationDateTime, ItemCount }) =>
        `  --adopt-data=${TableName}  (of ${CreationDateTime?.toISOString() ?? "an unknown time"}, about ${ItemCount ?? 0} items)`,
    );
    throw new Error(`Several tables of ${stackName} have been left behind. Say which one:\n${lines.join("\n")}`);
  }
  return table;
}

/** Secrets with a login of ours that a key encrypts. */
async function loginsUnder(client: SecretsManagerClient, keyArn: string): Promise<DescribeSecretResponse[]> {
  const names: string[] = [];
  const Filters = [{ Key: "description" as const, Values: ["RingCX login"] }];
  for await (const { SecretList = [] } of paginateListSecrets({ client }, { Filters })) {
    names.push(...SecretList.flatMap(({ ARN }) => ARN ?? []));
  }
  const secrets = await Promise.all(names.map((SecretId) => client.send(new DescribeSecretCommand({ SecretId }))));
  // A key may be named by its id alone.
  return secrets.filter(({ KmsKeyId }) => KmsKeyId !== undefined && lastPart(KmsKeyId) === lastPart(keyArn));
}

function lastPart(keyArn: string): string {
  return keyArn.split("/").at(-1) ?? keyArn;
}

function idsOf(resources: RetainedDataQuestion["resources"], type: string): string[] {
  return Object.keys(resources).filter((id) => resources[id]?.Type === type);
}

import { type DynamoDBClient, UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import { protectionCommand } from "../../shared/primitives/protection-command.ts";

/**
 * Turns the table's deletion protection on. The template does not: while a stack is made for the first time, the protection
 * would keep CloudFormation from taking the table away again where something fails.
 *
 * @returns nothing, or a sentence with what to do where it could not be turned on
 */
export async function protectTable(
  dynamoDb: Pick<DynamoDBClient, "send">,
  place: { tableName: string; region: string },
): Promise<string[]> {
  const { tableName } = place;
  try {
    await dynamoDb.send(new UpdateTableCommand({ TableName: tableName, DeletionProtectionEnabled: true }));
    return [];
  } catch (error) {
    const reason = error instanceof Error ? error.name : "unknown";
    return [`THE STATE TABLE IS NOT PROTECTED from being deleted by hand (${reason}). ${protectionCommand(place)}`];
  }
}

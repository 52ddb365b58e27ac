/** What a call on an encrypted resource needs of the key. */
export interface KeyActions {
  /** Refused without. */
  required: readonly string[];
  /** Done by the service in the caller's name as well; counted as used where granted. */
  alsoUsed: readonly string[];
}

const decrypt = ["kms:Decrypt"];
const encrypt = ["kms:GenerateDataKey", "kms:Decrypt"];

const byAction: Readonly<Record<string, readonly string[]>> = {
  "sqs:SendMessage": encrypt,
  "sqs:ReceiveMessage": decrypt,
  "sns:Publish": encrypt,
  "secretsmanager:GetSecretValue": decrypt,
  "secretsmanager:PutSecretValue": encrypt,
  "secretsmanager:CreateSecret": encrypt,
  "secretsmanager:UpdateSecret": encrypt,
};

/**
 * Permissions on the key that an action on a resource encrypted with it needs. Source: the "Key management" or
 * "Encryption at rest" chapter of each service's developer guide.
 */
export function keyActions(action: string): KeyActions {
  if (action.startsWith("dynamodb:")) {
    return {
      required: decrypt,
      alsoUsed: ["kms:Encrypt", "kms:ReEncryptFrom", "kms:GenerateDataKey", "kms:DescribeKey"],
    };
  }
  return { required: byAction[action] ?? [], alsoUsed: [] };
}

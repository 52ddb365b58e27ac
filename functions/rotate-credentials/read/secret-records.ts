import {
  credentialsOfSecret,
  type IssuedCredential,
  fromItem as toIssuedCredential,
} from "../../../shared/records/credential/issued-credential.ts";
import {
  type FailedStep,
  failedRotationStep,
  failedStepFromItem,
  type RotationRequest,
  requestFromItem,
  rotationRequest,
} from "../../../shared/records/credential/rotation-schedule.ts";
import {
  bindingsOfSecret,
  type SecretBinding,
  secretPartition,
  fromItem as toSecretBinding,
} from "../../../shared/records/credential/secret-binding.ts";
import type { StateTable } from "../../../shared/state/table.ts";

/** What the table keeps about a secret. */
export interface SecretRecords {
  /** Made by manifests. */
  bindings: readonly SecretBinding[];
  credentials: readonly IssuedCredential[];
  /** The version of the rotation that our own schedule asked for last. */
  requestedVersionId: string | undefined;
  /** Its request, where there is one. */
  request?: RotationRequest | undefined;
  /** The step that failed last of those that could not end their rotation, whoever asked for it. */
  failedStep?: FailedStep | undefined;
}

/**
 * Reads it all with one query.
 *
 * @throws {AutomationError} `ITEM_UNREADABLE`
 */
export async function readSecretRecords(table: StateTable, secretArn: string): Promise<SecretRecords> {
  const items = await table.query(secretPartition(secretArn));
  const below = (prefix: string) => items.filter(({ sk }) => sk.startsWith(prefix));
  const [requestItem] = below(rotationRequest);
  const request = requestItem && requestFromItem(requestItem);
  return {
    bindings: below(bindingsOfSecret).map(toSecretBinding),
    credentials: below(credentialsOfSecret).map(toIssuedCredential),
    requestedVersionId: request?.versionId,
    request,
    failedStep: failedStepFromItem(items.find(({ sk }) => sk === failedRotationStep)),
  };
}

import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { AuthType } from "../../../shared/ringcx/resources/auth-config.ts";
import { type Credential, parseCredential } from "../../../shared/secrets/credential.ts";
import { describeSecret, readSecret, type SecretDescription } from "../../../shared/secrets/read-secret.ts";

/** The secrets that messages name, each read at most once; kept for one batch and no longer. */
export class SecretReader {
  readonly #secrets: SecretsManagerClient;
  readonly #descriptions = new Map<string, Promise<SecretDescription>>();
  readonly #texts = new Map<string, ReturnType<typeof readSecret>>();

  constructor(secrets: SecretsManagerClient) {
    this.#secrets = secrets;
  }

  /** @throws the SDK's `ResourceNotFoundException` or `AccessDeniedException` */
  describe(secretId: string): Promise<SecretDescription> {
    return remembered(this.#descriptions, secretId, () => describeSecret(this.#secrets, secretId));
  }

  /**
   * The current version of a secret, as a credential of the type.
   *
   * @throws {AutomationError} `SECRET_INVALID` or `SECRET_NOT_TEXT`, or the SDK's own errors
   */
  async credential(secretId: string, authType: AuthType): Promise<Credential> {
    const { text, versionId } = await remembered(this.#texts, secretId, () => readSecret(this.#secrets, secretId));
    return parseCredential(text, authType, versionId);
  }
}

function remembered<Value>(cache: Map<string, Promise<Value>>, key: string, read: () => Promise<Value>) {
  const promise = cache.get(key) ?? read();
  cache.set(key, promise);
  return promise;
}

import { DescribeSecretCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { AuthType } from "../../../shared/ringcx/resources/auth-config.ts";
import { type Credential, parseCredential } from "../../../shared/secrets/credential.ts";
import { readSecret } from "../../../shared/secrets/read-secret.ts";
import { accountsOf, hostsOf, secretTags } from "../../../shared/secrets/secret-tags.ts";

/** What the tags of a secret say: who may use its value, and where. */
export interface DescribedSecret {
  arn: string;
  /** Of the tag `ringcx:connection`. */
  connection: string | undefined;
  /** Of the tag `ringcx:accounts`: no other account may be sent its value. */
  accounts: readonly string[];
  /** Of the tag `ringcx:hosts`: no other host may be sent its value. */
  hosts: readonly string[];
}

/** The secrets that messages name, each read at most once; kept for one batch and no longer. */
export class SecretReader {
  readonly #secrets: SecretsManagerClient;
  readonly #descriptions = new Map<string, Promise<DescribedSecret>>();
  readonly #texts = new Map<string, ReturnType<typeof readSecret>>();

  constructor(secrets: SecretsManagerClient) {
    this.#secrets = secrets;
  }

  /** @throws the SDK's `ResourceNotFoundException` or `AccessDeniedException` */
  describe(secretId: string): Promise<DescribedSecret> {
    return remembered(this.#descriptions, secretId, async () => {
      const { ARN = secretId, Tags = [] } = await this.#secrets.send(new DescribeSecretCommand({ SecretId: secretId }));
      const tags = Object.fromEntries(Tags.map(({ Key = "", Value = "" }) => [Key, Value]));
      return {
        arn: ARN,
        connection: tags[secretTags.connection],
        accounts: accountsOf({ tags }),
        hosts: hostsOf({ tags }),
      };
    });
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

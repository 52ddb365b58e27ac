import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Clock } from "../primitives/clock.ts";
import type { AuthType } from "../ringcx/resources/auth-config.ts";
import type { Credential } from "./credential.ts";
import { describeSecret, readSecret, type SecretDescription } from "./read-secret.ts";

/** How long the tags and the value of a secret are kept, in milliseconds. */
export interface SecretReaderOptions {
  tagsForMs: number;
  valueForMs: number;
}

/** Secrets that several ask for, each read at most once within the times that it is kept. What failed is asked again. */
export class SecretReader {
  readonly #secrets: SecretsManagerClient;
  readonly #clock: Pick<Clock, "now">;
  readonly #options: SecretReaderOptions;
  readonly #descriptions = new Map<string, Kept<SecretDescription>>();
  readonly #texts = new Map<string, Kept<Awaited<ReturnType<typeof readSecret>>>>();

  constructor(secrets: SecretsManagerClient, clock: Pick<Clock, "now">, options: SecretReaderOptions) {
    this.#secrets = secrets;
    this.#clock = clock;
    this.#options = options;
  }

  /**
   * @param secretId its ARN or name
   * @throws {SecretUnreadableError}
   */
  describe(secretId: string): Promise<SecretDescription> {
    const read = () => describeSecret(this.#secrets, secretId, this.#clock.now());
    return this.#kept(this.#descriptions, secretId, this.#options.tagsForMs, read);
  }

  /**
   * A version of a secret, as a credential of the type, confined to what the secret's tags allow.
   *
   * @param version its id. @default the current one
   * @throws {AutomationError} `SECRET_INVALID` or `SECRET_NOT_TEXT`; {@link SecretUnreadableError}
   */
  async credential(secretId: string, authType: AuthType, version?: string): Promise<Credential> {
    const key = JSON.stringify([secretId, version]);
    const { text, versionId } = await this.#kept(this.#texts, key, this.#options.valueForMs, async () =>
      readSecret(this.#secrets, await this.describe(secretId), version),
    );
    // Most starts read no secret.
    const { parseCredential } = await import("./credential.ts");
    return parseCredential(text, authType, versionId);
  }

  #kept<Value>(cache: Map<string, Kept<Value>>, key: string, forMs: number, read: () => Promise<Value>) {
    const now = this.#clock.now();
    const found = cache.get(key);
    if (found && now < found.until) return found.value;
    const value = read();
    cache.set(key, { value, until: now + forMs });
    value.catch(() => cache.get(key)?.value === value && cache.delete(key));
    return value;
  }
}

interface Kept<Value> {
  value: Promise<Value>;
  /** Epoch milliseconds. */
  until: number;
}

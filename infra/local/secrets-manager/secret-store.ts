import { AwsServiceError } from "../gateway/aws-request.ts";
import { arnSuffix, putVersion, type Secret, type SecretVersion } from "./secret.ts";

/** A secret to be created. */
export interface NewSecret {
  name: string;
  description?: string | undefined;
  kmsKeyId?: string | undefined;
  tags?: Iterable<readonly [string, string]>;
  value?: SecretVersion["value"];
  token?: string | undefined;
}

/** All secrets, found by name, by ARN, and by ARN without its random suffix. */
export class SecretStore {
  readonly #secrets = new Map<string, Secret>();
  readonly #arnPrefix: string;

  readonly #suffixOf: (name: string) => string;

  /** @param suffixOf what follows a secret's name in its ARN @default random, as in AWS */
  constructor(region: string, account: string, suffixOf: (name: string) => string = arnSuffix) {
    this.#suffixOf = suffixOf;
    this.#arnPrefix = `arn:aws:secretsmanager:${region}:${account}:secret:`;
  }

  /** The ARN that a permission for a secret which does not exist is checked against. */
  presumedArn(id: string): string {
    return id.startsWith("arn:") ? id : `${this.#arnPrefix}${id}-??????`;
  }

  /** @throws {AwsServiceError} `ResourceExistsException` when the name is taken */
  create({ name, description, kmsKeyId, tags = [], value, token }: NewSecret): Secret {
    const existing = this.#secrets.get(name);
    if (existing && token && existing.versions.has(token)) {
      putVersion(existing, value, { token });
      return existing;
    }
    if (existing) {
      throw new AwsServiceError(
        "ResourceExistsException",
        `The operation failed because the secret ${name} already exists.`,
      );
    }
    const now = Date.now();
    const secret: Secret = {
      arn: `${this.#arnPrefix}${name}-${this.#suffixOf(name)}`,
      name,
      ...(description !== undefined && { description }),
      ...(kmsKeyId !== undefined && { kmsKeyId }),
      tags: new Map(tags),
      versions: new Map(),
      rotation: { isEnabled: false },
      createdAt: now,
      changedAt: now,
    };
    if (value) putVersion(secret, value, token === undefined ? {} : { token });
    this.#secrets.set(name, secret);
    return secret;
  }

  find(id: string): Secret | undefined {
    const known = [...this.#secrets.values()];
    return this.#secrets.get(id) ?? known.find(({ arn }) => arn === id || arn.slice(0, -7) === id);
  }

  /**
   * @param id name, ARN, or ARN without suffix
   * @throws {AwsServiceError} `ResourceNotFoundException`; `InvalidRequestException` for a deleted secret
   */
  get(id: string, { evenDeleted = false } = {}): Secret {
    const secret = this.find(id);
    if (!secret) {
      throw new AwsServiceError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
    }
    if (secret.deletedAt !== undefined && !evenDeleted) {
      throw new AwsServiceError(
        "InvalidRequestException",
        "You can't perform this operation on the secret because it was marked for deletion.",
      );
    }
    return secret;
  }

  all(): Secret[] {
    return [...this.#secrets.values()];
  }

  remove({ name }: Secret): void {
    this.#secrets.delete(name);
  }
}

import { type Secret, versionWith } from "../../../infra/local/secrets-manager/secret.ts";
import type { SecretStore } from "../../../infra/local/secrets-manager/secret-store.ts";

/** Which values were the current ones of their secrets, and when they ceased to be. */
export class FormerValues {
  readonly #store: SecretStore;
  readonly #now: () => number;
  readonly #current = new Map<Secret, string>();
  readonly #endedAt = new Map<string, number>();

  constructor(store: SecretStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** After each call of Secrets Manager. */
  look(): void {
    for (const secret of this.#store.all()) {
      const text = versionWith(secret, "AWSCURRENT")?.value?.string;
      const before = this.#current.get(secret);
      if (text === undefined || text === before) continue;
      if (before !== undefined) this.#endedAt.set(before, this.#now());
      this.#endedAt.delete(text);
      this.#current.set(secret, text);
    }
  }

  /** Whether a client secret is in the current value of a secret. */
  isCurrent(clientSecret: string): boolean {
    return [...this.#current.values()].some((text) => text.includes(clientSecret));
  }

  /** For how long it has not been in it, in milliseconds; `undefined` where it never was. */
  endedMs(clientSecret: string): number | undefined {
    const [, endedAt] = [...this.#endedAt].find(([text]) => text.includes(clientSecret)) ?? [];
    return endedAt === undefined ? undefined : this.#now() - endedAt;
  }
}

import { AutomationError } from "./errors.ts";
import { matchesHost, plainUrl } from "./host-pattern.ts";
import { redactedText } from "./redacted.ts";

/** What the tags of a secret say about who may use its value, and when they were read. */
export interface Limits {
  secretArn: string;
  /** Name of the connection whose RingCX login may carry it. */
  connection: string | undefined;
  /** Accounts for which RingCX may be given it. */
  accounts: readonly string[];
  /** Hosts that may be sent it: `crm.example.com`, `*.example.com`. */
  hosts: readonly string[];
  /** Epoch milliseconds. */
  readAt: number;
}

/** Where a value is about to go. */
export type Destination =
  /** RingCX, as the credential of an account's auth config. */
  | { connection: string; accountId: string }
  /** The endpoint of a service of the account. */
  | { connection: string; accountId: string; url: string }
  /** The host that issues tokens for it, which the value itself names. */
  | { connection: string; accountId: string; tokenUrl: string }
  /** A new version of the secret that it was read from. */
  | { secretArn: string };

/** How old the limits may be when a value is used, in milliseconds: after that an owner's correction of a tag holds. */
export const maxLimitsAgeMs = 5 * 60_000;

/** What a look into a confined value ends with. Problems are words without any part of the value. */
export type Examined<Value> = { value: Value; tokenUrl?: string | undefined } | { problems: readonly string[] };

/**
 * A value of a secret that carries its own limits. It prints as `[redacted]`, and the only way to it is to say where it
 * is about to go: what the limits do not allow is refused, whoever asks. Opened only where a request is built.
 */
export class Confined<Value> {
  readonly limits: Limits;
  /** The URL at which the value says that tokens are issued for it. */
  readonly #tokenUrl: string | undefined;
  // A private field is out of reach of JSON, inspection and spreading alike.
  readonly #value: Value;

  constructor(value: Value, limits: Limits, tokenUrl?: string) {
    this.#value = value;
    this.limits = limits;
    this.#tokenUrl = tokenUrl;
  }

  /**
   * The value, for one destination. Never bind the result to something that outlives the request.
   *
   * @param now epoch milliseconds
   * @throws {AutomationError} `SECRET_NOT_PERMITTED`; to be tried again where only the limits are too old
   */
  reveal(destination: Destination, now: number): Value {
    const because = this.whyNotPermitted(destination, now);
    if (because === undefined) return this.#value;
    const { secretArn } = this.limits;
    throw new AutomationError(`The secret ${secretArn} may not be sent there: ${because}.`, {
      code: "SECRET_NOT_PERMITTED",
      retryable: this.#isOutdated(now),
      details: { secretArn },
    });
  }

  /** In words, why the limits do not allow a destination now (epoch milliseconds); `undefined` where they do. */
  whyNotPermitted(destination: Destination, now: number): string | undefined {
    if (this.#isOutdated(now)) return "its tags were read too long ago";
    const { secretArn, connection, accounts, hosts } = this.limits;
    if ("secretArn" in destination) return destination.secretArn === secretArn ? undefined : "it is another secret's";
    if (connection !== destination.connection) {
      return `its tag ringcx:connection names ${connection || "none"}, not ${destination.connection}`;
    }
    if (!accounts.includes(destination.accountId)) {
      return `its tag ringcx:accounts names ${accounts.join(" ") || "none"}, not ${destination.accountId}`;
    }
    if ("tokenUrl" in destination) {
      return destination.tokenUrl === this.#tokenUrl ? undefined : "it names another tokenUrl";
    }
    if (!("url" in destination)) return undefined;
    const url = plainUrl(destination.url);
    if (url && hosts.some((host) => matchesHost(url, host))) return undefined;
    return `its tag ringcx:hosts names ${hosts.join(" ") || "none"}, not ${url?.host ?? "a host that the URL does not tell"}`;
  }

  #isOutdated(now: number): boolean {
    return now - this.limits.readAt > maxLimitsAgeMs;
  }

  /** Looks into the value; what comes of it keeps the limits. Only for reading a secret's form. */
  examine<Found>(
    look: (value: Value) => Examined<Found>,
  ): { found: Confined<Found> } | { problems: readonly string[] } {
    const examined = look(this.#value);
    if ("problems" in examined) return examined;
    return { found: new Confined(examined.value, this.limits, examined.tokenUrl ?? this.#tokenUrl) };
  }

  /** Whether two values are alike: of either nothing comes out but that. */
  static compare<Value>(
    one: Confined<Value>,
    other: Confined<Value>,
    isAlike: (one: Value, other: Value) => boolean,
  ): boolean {
    return isAlike(one.#value, other.#value);
  }

  /** The fields of an object, each confined as it is. Their names are no secret once the form was checked. */
  static fieldsOf(confined: Confined<object>): Record<string, Confined<unknown>> {
    const entries = Object.entries(confined.#value);
    return Object.fromEntries(
      entries.map(([name, field]) => [name, new Confined<unknown>(field, confined.limits, confined.#tokenUrl)]),
    );
  }

  toString(): string {
    return redactedText;
  }

  toJSON(): string {
    return redactedText;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return redactedText;
  }
}

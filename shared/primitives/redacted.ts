/** How a secret value prints. */
export const redactedText = "[redacted]";

/**
 * A value that prints as `[redacted]` wherever it is logged, serialised, interpolated or inspected.
 * It is opened only where the body of a request is built.
 */
export class Redacted<T = string> {
  // A private field is out of reach of JSON, inspection and spreading alike.
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  /** The value itself. Never bind the result to something that outlives the request. */
  reveal(): T {
    return this.#value;
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

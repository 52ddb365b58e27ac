/** The process is gone: whatever it tries from now on does not happen. */
export class Crash extends Error {
  override readonly name = "Crash";
}

/**
 * Kills a process at its n-th call to the outside, before it is made or after it was carried out. Every later
 * call fails as well, so that no `finally` of the dead process does anything.
 */
export class CrashPoint {
  calls = 0;
  readonly #at: number;
  readonly #when: "before" | "after";

  /** @param at counted from 1; infinity never crashes and only counts */
  constructor(at: number = Number.POSITIVE_INFINITY, when: "before" | "after" = "before") {
    this.#at = at;
    this.#when = when;
  }

  async around<Result>(call: () => Promise<Result>): Promise<Result> {
    this.calls += 1;
    const isDead = this.calls > this.#at || (this.calls === this.#at && this.#when === "before");
    if (isDead) throw new Crash(`dead at call ${this.#at}`);
    const result = await call();
    if (this.calls === this.#at) throw new Crash(`dead after call ${this.#at}`);
    return result;
  }

  /** The object with every method counted. */
  wrap<Target extends object>(target: Target): Target {
    return new Proxy(target, {
      get: (of, name) => {
        const member: unknown = Reflect.get(of, name);
        if (typeof member !== "function") return member;
        return (...parameters: unknown[]) =>
          this.around(async () => (await Reflect.apply(member, of, parameters)) as unknown);
      },
    });
  }
}

/**
 * Makes the n-th call to the outside fail once, before it has any effect or after it (its answer is lost), while the
 * process lives on.
 */
export class FailurePoint extends CrashPoint {
  readonly #at: number;
  readonly #when: "before" | "after";
  readonly #error: () => Error;

  /** @param at counted from 1 */
  constructor(at: number, when: "before" | "after", error: () => Error) {
    super();
    this.#at = at;
    this.#when = when;
    this.#error = error;
  }

  override async around<Result>(call: () => Promise<Result>): Promise<Result> {
    this.calls += 1;
    const isHere = this.calls === this.#at;
    if (isHere && this.#when === "before") throw this.#error();
    const result = await call();
    if (isHere) throw this.#error();
    return result;
  }
}

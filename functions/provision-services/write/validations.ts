import type { Clock } from "../../../shared/primitives/clock.ts";
import type { PresentedCredential } from "../../../shared/probe/place-credential.ts";
import type { Probe, ProbeRequest, ProbeResult } from "../../../shared/probe/probe.ts";
import { DeferredError } from "../../../shared/queues/message.ts";

/** Asks an endpoint on behalf of one message. */
export interface Validator {
  /**
   * Sends the declared request, as {@link Probe}, and returns what came of it.
   *
   * @param presented the credential, with the secret that it is of
   * @throws {DeferredError} while there is no answer yet: ask the same again when the worker comes back to the message
   */
  check(request: ProbeRequest, presented?: PresentedCredential & { secretId: string }): Promise<ProbeResult>;
}

/** One question, from when it is put until its message has ended. */
interface Asked {
  host: string;
  send: () => Promise<void>;
  /** Resolves when `result` is there. */
  answered: Promise<void>;
  result?: ProbeResult;
}

/** How long the worker stands still for an answer while no other one keeps it waiting, in milliseconds. */
const patienceMs = 1_000;

/** How soon a message is taken up again when nobody noticed its answer, in milliseconds: longer than an endpoint may take. */
const takenUpMs = 10_000;

/** Requests that are under way at the same time: of all messages, and to one host. */
const most = { inAll: 50, toOneHost: 10 };

/**
 * The validation requests of an account's worker. They go on while other messages have their turns, so that an endpoint
 * that hangs keeps its own message waiting and nobody else's. Answers are kept for the message that asked, word for word
 * the same, until it ends or is tried again; all of them end with the worker's lease.
 */
export class Validations {
  readonly #probe: Probe;
  readonly #clock: Clock;
  readonly #asked = new Map<string, Map<string, Asked>>();
  /** What each deferred message waits for. */
  readonly #awaited = new Map<string, Asked>();
  #queue: Asked[] = [];
  readonly #underWay = new Set<Asked>();
  #isOver = false;

  constructor({ probe, clock }: { probe: Probe; clock: Clock }) {
    this.#probe = probe;
    this.#clock = clock;
  }

  /** Whoever has a turn asks by this. */
  of(messageId: string): Validator {
    this.#awaited.delete(messageId);
    return { check: (request, presented) => this.#check(messageId, request, presented) };
  }

  /** What the message asked is forgotten: it has ended, or is tried again from its beginning. */
  forget(messageId: string): void {
    this.#asked.delete(messageId);
    this.#awaited.delete(messageId);
  }

  /** The message was deferred for an answer, and the answer is there. */
  isAnswered(messageId: string): boolean {
    return this.#awaited.get(messageId)?.result !== undefined;
  }

  /** Some message was deferred for an answer that is not there yet. */
  get isAwaited(): boolean {
    return [...this.#awaited.values()].some(({ result }) => result === undefined);
  }

  /** Until the next answer that a message waits for, or `ms` milliseconds. */
  async nextAnswer(ms: number): Promise<void> {
    await this.#within(ms, [...this.#awaited.values()]);
  }

  /** The worker's time is over: what is under way is given up, what has not been sent never is. */
  end(): void {
    this.#isOver = true;
    this.#queue = [];
  }

  async #check(messageId: string, request: ProbeRequest, presented?: PresentedCredential & { secretId: string }) {
    const questions = this.#asked.get(messageId) ?? new Map<string, Asked>();
    this.#asked.set(messageId, questions);
    const { secretId, credential } = presented ?? {};
    // Nothing but the same request with the same version of the same secret has the same answer.
    const key = JSON.stringify([request, secretId, credential?.versionId, credential?.authType]);
    const asked = questions.get(key) ?? this.#ask(request, presented);
    questions.set(key, asked);
    // The more keep the worker waiting, the less it waits for each: together about four seconds for twenty.
    const others = this.#underWay.size + this.#queue.length - (asked.result === undefined ? 1 : 0);
    if (asked.result === undefined) await this.#within(patienceMs / (1 + others), [asked]);
    if (asked.result !== undefined) return asked.result;
    this.#awaited.set(messageId, asked);
    throw new DeferredError(`${asked.host} has not answered the validation yet.`, takenUpMs);
  }

  #ask(request: ProbeRequest, presented: PresentedCredential | undefined): Asked {
    const { promise, resolve } = Promise.withResolvers<void>();
    const asked: Asked = {
      host: new URL(request.url).host,
      answered: promise,
      send: async () => {
        asked.result = await this.#probe.check(request, presented);
        resolve();
      },
    };
    this.#queue.push(asked);
    this.#sendNext();
    return asked;
  }

  #sendNext(): void {
    if (this.#isOver) return;
    const waiting: Asked[] = [];
    for (const asked of this.#queue) {
      const toHost = [...this.#underWay].filter(({ host }) => host === asked.host).length;
      if (this.#underWay.size >= most.inAll || toHost >= most.toOneHost) {
        waiting.push(asked);
        continue;
      }
      this.#underWay.add(asked);
      // A probe never throws; should one, its question stays without an answer, and is asked again in another turn.
      void asked
        .send()
        .catch(() => undefined)
        .finally(() => {
          this.#underWay.delete(asked);
          this.#sendNext();
        });
    }
    this.#queue = waiting;
  }

  async #within(ms: number, asked: readonly Asked[]): Promise<void> {
    const woken = new AbortController();
    const slept = this.#clock.sleep(ms, woken.signal).catch(() => undefined);
    await Promise.race([slept, ...asked.map(({ answered }) => answered)]);
    woken.abort();
  }
}

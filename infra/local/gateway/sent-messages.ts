/** Where a message was sent, and by whom. */
export interface SentMessage {
  queueName: string;
  /** User id of the sender; none for the host itself. */
  sender?: string;
}

/** From so many messages on it is looked which of them are still there. */
const leastForgetAt = 5_000;

/** What is known of the messages that are in a queue, by their ids: it is forgotten some time after they have gone. */
export class SentMessages {
  readonly #sent = new Map<string, SentMessage>();
  readonly #present: () => Promise<Iterable<string>>;
  #forgetAt = leastForgetAt;
  #forgetting: Promise<void> | undefined;

  /** @param present ids of all messages that are in a queue now */
  constructor(present: () => Promise<Iterable<string>>) {
    this.#present = present;
  }

  get(id: string): SentMessage | undefined {
    return this.#sent.get(id);
  }

  get size(): number {
    return this.#sent.size;
  }

  /** @param id of a message that a queue has taken */
  add(id: string, message: SentMessage): void {
    this.#sent.set(id, message);
    if (this.#sent.size < this.#forgetAt || this.#forgetting) return;
    this.#forgetting = this.#forget().finally(() => {
      this.#forgetting = undefined;
    });
  }

  async #forget(): Promise<void> {
    // What comes meanwhile is not among those that are looked for.
    const known = [...this.#sent.keys()];
    const present = new Set(await this.#present());
    for (const id of known) if (!present.has(id)) this.#sent.delete(id);
    this.#forgetAt = Math.max(leastForgetAt, 2 * this.#sent.size);
  }
}

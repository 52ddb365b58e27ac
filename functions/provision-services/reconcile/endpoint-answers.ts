import type { Clock } from "../../../shared/primitives/clock.ts";
import type { PresentedCredential } from "../../../shared/probe/place-credential.ts";
import type { Probe, ProbeRequest, ProbeResult } from "../../../shared/probe/probe.ts";
import { DeferredError } from "../../../shared/queues/message.ts";

/** An endpoint has not answered yet. It goes on being asked; the message's turn is over until it has. */
export class UnansweredError extends DeferredError {
  /** Resolves when the turn has something to go on with. */
  readonly answered: Promise<unknown>;

  constructor(answered: Promise<unknown>) {
    super("An endpoint has not answered yet.", 0);
    this.answered = answered;
  }
}

/** How long a turn waits for an endpoint while other messages are open, in milliseconds: most have answered by then. */
const patienceMs = 250;

/** How long an answer holds for a message that asks again in a later turn, in milliseconds. */
const freshMs = 30_000;

/** So many questions are put to one host at once: validations, not a load test. There is one for each open message at most. */
const mostPerHost = 4;

/** What an endpoint was asked. */
interface Asked {
  host: string;
  answer: Promise<ProbeResult>;
  /** Epoch milliseconds. */
  answeredAt?: number;
}

/**
 * What endpoints were asked for the open messages of an account, so that one that hangs keeps only its own message waiting.
 * An answer belongs to the message that asked: another one, or the same sent again, asks anew.
 */
export class EndpointAnswers {
  readonly #probe: Probe;
  readonly #clock: Clock;
  readonly #byMessage = new Map<string, Map<string, Asked>>();
  readonly #open = new Set<Asked>();

  constructor({ probe, clock }: { probe: Probe; clock: Clock }) {
    this.#probe = probe;
    this.#clock = clock;
  }

  /**
   * The probe for one turn of a message.
   *
   * @param messageId what was asked is kept under it until {@link forget}
   * @param isAlone no other message is open: the turn waits for each answer. Otherwise `check` throws
   *   {@link UnansweredError} for one that takes longer than a moment
   */
  probeFor(messageId: string, isAlone: boolean): Probe {
    const asked = this.#byMessage.get(messageId) ?? new Map<string, Asked>();
    this.#byMessage.set(messageId, asked);
    return {
      check: async (request, presented) => {
        const { authType, versionId } = presented?.credential ?? {};
        const key = JSON.stringify([request, authType, versionId]);
        const earlier = asked.get(key);
        const isOld = earlier?.answeredAt !== undefined && this.#clock.now() - earlier.answeredAt > freshMs;
        const question = earlier && !isOld ? earlier : this.#ask(request, presented);
        asked.set(key, question);
        if (!isAlone && question.answeredAt === undefined) {
          await Promise.race([question.answer, this.#clock.sleep(patienceMs)]);
          if (!isAnswered(question)) throw new UnansweredError(question.answer);
        }
        return question.answer;
      },
    };
  }

  /** The message has ended. */
  forget(messageId: string): void {
    this.#byMessage.delete(messageId);
  }

  /** @throws {UnansweredError} where as many questions as may be are put to the host */
  #ask(request: ProbeRequest, presented: PresentedCredential | undefined): Asked {
    const host = URL.parse(request.url)?.host ?? "";
    const open = [...this.#open].filter((question) => question.host === host).map(({ answer }) => answer);
    if (open.length >= mostPerHost) throw new UnansweredError(Promise.race(open));
    const answer = this.#probe.check(request, presented).finally(() => {
      this.#open.delete(question);
      question.answeredAt = this.#clock.now();
    });
    const question: Asked = { host, answer };
    this.#open.add(question);
    return question;
  }
}

function isAnswered({ answeredAt }: Asked): boolean {
  return answeredAt !== undefined;
}

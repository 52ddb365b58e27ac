import type { Outcome, OutcomeData } from "../contract/outcome.ts";
import type { Clock } from "../primitives/clock.ts";
import type { TextAttribute } from "../primitives/message-attributes.ts";
import { toItems } from "../records/outcome.ts";
import type { StateTable } from "../state/table.ts";
import { type ChatSettings, chatNotification, isForChat } from "./chat-notification.ts";
import { noteOutcome } from "./note-outcome.ts";
import { publishable } from "./publishable.ts";

/** Says what happened: stored first, then published. The only way for all functions. */
export interface Outcomes {
  /**
   * Stores and publishes one outcome, made {@link publishable} first, at least once, under an id that is the same whenever the same
   * thing is said again: subscribers drop what they have seen. Its details say for which events it was made, see
   * {@link noteOutcome}.
   *
   * @param data what happened; `cause` gives the outcome its id
   * @param time ISO 8601: where it may be said again it is the same each time. @default now
   */
  publish(data: OutcomeData, time?: string): Promise<Outcome>;
}

/** What is published to a topic, and what subscribers filter by. */
export interface TopicMessage {
  topicArn: string;
  message: string;
  attributes?: Readonly<Record<string, TextAttribute>>;
}

/** The topics that can be published to. */
export interface Topics {
  publish(message: TopicMessage): Promise<unknown>;
}

/** What the publisher is made of. */
export interface OutcomesOptions {
  table: StateTable;
  topics: Topics;
  topicArn: string;
  /** Name of the environment, the outcome's `source`. */
  environment: string;
  clock: Clock;
  /** A topic for chats. @default none */
  chat?: ChatSettings | undefined;
  /** Called where a chat could not be told: whoever is subscribed to outcomes is. */
  onChatFailed?: (outcome: Outcome, error: unknown) => void;
  /** Called for every outcome, for the log and the metrics. */
  onOutcome?: (outcome: Outcome) => void;
}

/** A publisher that stores in the table and publishes to an SNS topic. */
export function createOutcomes(options: OutcomesOptions): Outcomes {
  const { table, topics, topicArn, environment, clock, chat, onChatFailed, onOutcome } = options;
  return {
    async publish(data, time = new Date(clock.now()).toISOString()) {
      const { outcome, attributes } = publishable(toOutcome(noteOutcome(data), { environment, time }));
      for (const item of toItems(outcome)) await table.put(item);
      await topics.publish({ topicArn, message: JSON.stringify(outcome), attributes });
      if (chat && isForChat(outcome, chat)) {
        const message = JSON.stringify(chatNotification(outcome));
        await topics
          .publish({ topicArn: chat.topicArn, message })
          .catch((error: unknown) => onChatFailed?.(outcome, error));
      }
      onOutcome?.(outcome);
      return outcome;
    },
  };
}

/**
 * The event that carries an outcome. Its id is made of the cause, so that the same thing said again has the same id.
 *
 * @param time ISO 8601
 */
function toOutcome(data: OutcomeData, { environment, time }: { environment: string; time: string }): Outcome {
  const { source, id } = data.cause;
  return {
    specversion: "1.0",
    type: "ringcx.outcome.v1",
    source: `/ringcx-automation/${environment}`,
    id: `${source}/${id}`,
    time,
    datacontenttype: "application/json",
    data,
  };
}

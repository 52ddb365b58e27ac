import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import type { Outcome, OutcomeData } from "../contract/outcome.ts";
import type { Clock } from "../primitives/clock.ts";
import { dailyOutcomeKey, outcomeKey } from "../records/outcome.ts";
import type { StateTable } from "../state/table.ts";

/** How long an outcome can be looked up. */
const keptSeconds = 30 * 24 * 60 * 60;

/** Says what happened: stored first, then published. */
export interface Outcomes {
  /**
   * Stores and publishes one outcome, at least once, under an id that is the same whenever the same
   * thing is said again: subscribers drop what they have seen.
   *
   * @param data what happened; `cause` gives the outcome its id
   */
  publish(data: OutcomeData): Promise<Outcome>;
}

export interface OutcomesOptions {
  table: StateTable;
  sns: SNSClient;
  topicArn: string;
  /** Name of the environment, the outcome's `source`. */
  environment: string;
  clock: Clock;
  /** Told of every outcome, for the log and the metrics. */
  onOutcome?: (outcome: Outcome) => void;
}

export function createOutcomes({ table, sns, topicArn, environment, clock, onOutcome }: OutcomesOptions): Outcomes {
  return {
    async publish(data) {
      const time = new Date(clock.now()).toISOString();
      const { source, id, type } = data.cause;
      const outcome: Outcome = {
        specversion: "1.0",
        type: "ringcx.outcome.v1",
        source: `/ringcx-automation/${environment}`,
        id: `${source}/${id}`,
        time,
        datacontenttype: "application/json",
        data,
      };
      const expiresAt = Math.floor(clock.now() / 1000) + keptSeconds;
      await table.put({ ...outcomeKey(source, id), outcome, expiresAt });
      await table.put({ ...dailyOutcomeKey(time, source, id), outcome, expiresAt });
      await sns.send(
        new PublishCommand({
          TopicArn: topicArn,
          Message: JSON.stringify(outcome),
          MessageAttributes: attributes({ type, status: data.status, source, account: data.accountId }),
        }),
      );
      onOutcome?.(outcome);
      return outcome;
    },
  };
}

/** What subscribers can filter by. */
function attributes(values: Record<string, string | undefined>) {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, { DataType: "String", StringValue: value }]],
    ),
  );
}

import { Duration } from "aws-cdk-lib";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";

/** Longest that SQS keeps a message: time to notice, to mend and to send it again. */
const kept = Duration.days(14);

export interface QueueWithRejectsProps {
  key: IKey;
  fifo?: boolean;
  /** Time-out of the function that works the queue off. */
  functionTimeout: Duration;
  /** Deliveries before SQS itself gives a message up. */
  maxReceiveCount: number;
}

/**
 * A queue and the one where its messages end that cannot be carried out: both encrypted, both refuse plain HTTP.
 * The visibility time-out is six times the function's, as AWS Lambda's guide for SQS asks ("Configuring a queue to
 * use with Lambda").
 */
export function queueWithRejects(
  scope: Construct,
  ids: { queue: string; rejects: string },
  { key, fifo = false, functionTimeout, maxReceiveCount }: QueueWithRejectsProps,
): { queue: Queue; rejects: Queue } {
  const common = {
    encryption: QueueEncryption.KMS,
    encryptionMasterKey: key,
    enforceSSL: true,
    retentionPeriod: kept,
    // Undefined rather than false: CloudFormation refuses `FifoQueue: false`.
    ...(fifo && { fifo: true }),
  };
  const rejects = new Queue(scope, ids.rejects, common);
  const queue = new Queue(scope, ids.queue, {
    ...common,
    visibilityTimeout: Duration.seconds(6 * functionTimeout.toSeconds()),
    deadLetterQueue: { queue: rejects, maxReceiveCount },
  });
  return { queue, rejects };
}

import { Duration } from "aws-cdk-lib";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";

/** Longest that SQS keeps a message: time to notice, to mend and to send it again. */
const longest = Duration.days(14);

/**
 * A message of a standard queue keeps its age when it moves to the dead-letter queue, so that the wait before has to
 * leave time there; a FIFO queue counts anew. Source: SQS Developer Guide, "Dead-letter queues".
 */
const beforeRejected = Duration.days(4);

/** How long the function takes, and when SQS itself gives up. */
export interface QueueWithRejectsProps {
  key: IKey;
  fifo?: boolean;
  /** Time-out of the function that works the queue off. */
  functionTimeout: Duration;
  /** Where six times the time-out is too long: what comes twice must do no harm then. */
  visibilityTimeout?: Duration;
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
  { key, fifo = false, functionTimeout, visibilityTimeout, maxReceiveCount }: QueueWithRejectsProps,
): { queue: Queue; rejects: Queue } {
  const common = {
    encryption: QueueEncryption.KMS,
    encryptionMasterKey: key,
    enforceSSL: true,
    // Undefined rather than false: CloudFormation refuses `FifoQueue: false`. The same bytes within five minutes are
    // the same event; a sender's own deduplication id goes before.
    ...(fifo && { fifo: true, contentBasedDeduplication: true }),
  };
  const rejects = new Queue(scope, ids.rejects, { ...common, retentionPeriod: longest });
  const queue = new Queue(scope, ids.queue, {
    ...common,
    retentionPeriod: fifo ? longest : beforeRejected,
    visibilityTimeout: visibilityTimeout ?? Duration.seconds(6 * functionTimeout.toSeconds()),
    deadLetterQueue: { queue: rejects, maxReceiveCount },
  });
  return { queue, rejects };
}

import { Stack } from "aws-cdk-lib";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { output } from "./output.ts";

/**
 * Outputs the command that moves what a dead-letter queue holds back to its queue. It names the destination: what a
 * function has put there by itself goes nowhere otherwise, because SQS does not know where it came from. Source: SQS
 * Developer Guide, "Troubleshooting DLQ redrive", CouldNotDetermineMessageSource.
 */
export function outputRedriveCommand(id: string, { queue, rejects }: { queue: Queue; rejects: Queue }): void {
  const stack = Stack.of(queue);
  const value = `aws sqs start-message-move-task --region ${stack.region} --source-arn ${rejects.queueArn} --destination-arn ${queue.queueArn}`;
  output(queue, id, { value, description: "docs/runbook.md#redrive" });
}

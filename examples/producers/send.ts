// Sends one message: node examples/producers/send.ts, with QUEUE_URL in the environment.
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { apply, sqsAttributes, validated } from "../../package/contract.ts";

const event = apply(
  { source: "/onboarding/crm", id: "crm-group-typescript", time: new Date() },
  { accountId: "123456", resources: [{ kind: "httpServiceGroup", groupName: "CRM from TypeScript" }] },
);
await new SQSClient().send(
  new SendMessageCommand({
    QueueUrl: process.env.QUEUE_URL,
    // Throws with every field that is wrong, and how to mend it.
    MessageBody: JSON.stringify(validated(event, Date.now())),
    ...(await sqsAttributes(event)),
  }),
);

import { createHash } from "node:crypto";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { type PlayedMessage, readMessages } from "./messages.ts";
import type { Expectation } from "./report.ts";
import { output, type Stage } from "./stage.ts";

/** Long enough for a wave that has to wait for the quota's next window. */
const patienceMs = 180_000;

const good: ReadonlySet<string> = new Set(["SUCCEEDED", "NO_CHANGE", "PLANNED", "SUPERSEDED"]);

/** Sends every message of the file and waits for its outcome. A bad line is reported, the rest goes on. */
export async function playMessages(stage: Stage, text: string): Promise<Expectation[]> {
  const { narrator, feed } = stage;
  const { messages, badLines } = readMessages(text, stage.variables);
  for (const { lineNumber, because } of badLines) narrator.say(`line ${lineNumber} is passed over: ${because}`);

  const waiting = messages.map(async (message) => {
    const { lineNumber, source, id, type } = message;
    await send(stage, message);
    narrator.say(`line ${lineNumber}: sent ${type} ${source}/${id}`);
    return feed.waitFor(
      `line ${lineNumber} (${source}/${id})`,
      ({ data: { cause } }) => cause.source === source && cause.id === id,
      patienceMs,
    );
  });
  const settled = await Promise.allSettled(waiting);

  const expectations: Expectation[] = badLines.map(({ lineNumber, because }) => ({
    what: `line ${lineNumber} can be sent`,
    holds: false,
    found: because,
  }));
  for (const [index, result] of settled.entries()) {
    const what = `line ${messages[index]?.lineNumber} is carried out`;
    if (result.status === "rejected") {
      expectations.push({ what, holds: false, found: String(result.reason) });
      continue;
    }
    const { status, summary } = result.value.data;
    expectations.push({ what, holds: good.has(status), found: `${status}: ${summary}` });
  }
  return expectations;
}

async function send({ sqs, host }: Stage, { body, type, accountId, source, id }: PlayedMessage): Promise<void> {
  if (type.startsWith("ringcx.command.")) {
    await sqs.send(new SendMessageCommand({ QueueUrl: output(host, "CommandQueueUrl"), MessageBody: body }));
    return;
  }
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: output(host, "ProvisioningQueueUrl"),
      MessageBody: body,
      // One group an account keeps its messages in order.
      MessageGroupId: accountId,
      MessageDeduplicationId: createHash("sha256").update(`${source}/${id}`).digest("hex"),
    }),
  );
}

import { SendMessageCommand } from "@aws-sdk/client-sqs";
import type { Outcome } from "../../../shared/contract/outcome.ts";
import { sqsAttributes } from "../../../shared/contract/sqs-attributes.ts";
import { type DemoEnvironment, output } from "./demo-environment.ts";
import { type PlayedMessage, readMessages } from "./messages.ts";
import type { Expectation } from "./report.ts";

/** Long enough for a wave that has to wait for the quota's next window. */
const patienceMs = 180_000;

const good: ReadonlySet<string> = new Set(["SUCCEEDED", "NO_CHANGE", "PLANNED", "SUPERSEDED"]);

/** Sends every message of the file and waits for its outcome. A bad line is reported, the rest goes on. */
export async function playMessages(environment: DemoEnvironment, text: string): Promise<Expectation[]> {
  const { narrator } = environment;
  const { messages, badLines } = readMessages(text, environment.variables);
  for (const { lineNumber, because } of badLines) narrator.say(`line ${lineNumber} is passed over: ${because}`);

  const settled: PromiseSettledResult<Outcome>[] = [];
  for (const together of inOrder(messages)) {
    settled.push(...(await Promise.allSettled(together.map((message) => play(environment, message)))));
  }

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

/**
 * Messages that may be sent at once: a queue keeps the order of one account's messages, nothing keeps that of
 * different accounts or of commands, and a file is read from top to bottom.
 */
function inOrder(messages: readonly PlayedMessage[]): PlayedMessage[][] {
  const groups: PlayedMessage[][] = [];
  for (const message of messages) {
    const last = groups.at(-1);
    const before = last?.at(-1);
    const isQueued = before && !isCommand(before) && !isCommand(message) && before.accountId === message.accountId;
    if (last && isQueued) last.push(message);
    else groups.push([message]);
  }
  return groups;
}

function isCommand({ type }: PlayedMessage): boolean {
  return type.startsWith("ringcx.command.");
}

async function play(environment: DemoEnvironment, message: PlayedMessage): Promise<Outcome> {
  const { lineNumber, source, id, type } = message;
  await send(environment, message);
  environment.narrator.say(`line ${lineNumber}: sent ${type} ${source}/${id}`);
  return environment.feed.waitFor(
    `line ${lineNumber} (${source}/${id})`,
    ({ data: { cause } }) => cause.source === source && cause.id === id,
    patienceMs,
  );
}

async function send({ sqs, host }: DemoEnvironment, message: PlayedMessage): Promise<void> {
  const { body, accountId, source, id } = message;
  if (isCommand(message)) {
    await sqs.send(new SendMessageCommand({ QueueUrl: output(host, "CommandQueueUrl"), MessageBody: body }));
    return;
  }
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: output(host, "ProvisioningQueueUrl"),
      MessageBody: body,
      ...(await sqsAttributes({ source, id, accountId })),
    }),
  );
}

import { buildApp } from "fauxqs";
import * as z from "zod";
import type { AwsResponse, AwsService } from "./aws-request.ts";
import { jsonResponse } from "./aws-response.ts";
import { MessageMoves } from "./message-moves.ts";
import { SentMessages } from "./sent-messages.ts";
import { refuseSilentSubscription } from "./subscriptions.ts";

// fauxqs refuses characters beyond the first plane, emoji for example, which SQS takes. What SQS does refuse is
// refused before it comes here (service-limits.ts).
const { INVALID_MESSAGE_BODY_CHAR } = (await import(
  new URL("sqs/sqsTypes.js", import.meta.resolve("fauxqs")).href
)) as { INVALID_MESSAGE_BODY_CHAR: RegExp };
INVALID_MESSAGE_BODY_CHAR.test = () => false;

/** The account that the queues' and topics' ARNs carry. */
export const localAccount = "000000000000";

const messageSchema = z.looseObject({ messageId: z.string() });

const inspectionSchema = z.object({
  attributes: z.record(z.string(), z.string()),
  messages: z.object({
    ready: z.array(messageSchema),
    delayed: z.array(messageSchema),
    inflight: z.array(z.looseObject({ message: messageSchema }).transform(({ message }) => message)),
  }),
});

const queuesSchema = z.looseObject({ QueueUrls: z.array(z.string()).optional() });

const sentSchema = z.looseObject({
  MessageId: z.string().optional(),
  Successful: z.array(z.looseObject({ MessageId: z.string() })).optional(),
});

/** SQS and SNS: fauxqs without a port of its own. */
export interface Messaging {
  service: AwsService;
  /** A call by the host itself, unsigned. */
  sqs(operation: string, input: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>>;
  sns(operation: string, input: Readonly<Record<string, string>>): Promise<string>;
  attributes(queueName: string): Promise<Readonly<Record<string, string>>>;
  /** Messages in a queue: waiting, delayed and in flight. */
  backlog(queueName: string): Promise<number>;
  /** Tasks that move messages. */
  readonly moving: number;
  close(): Promise<void>;
}

/**
 * Starts SQS and SNS in memory. Requests are injected, not sent: one hop and one port less, and nothing listens
 * beyond loopback (fauxqs by itself listens on every interface).
 *
 * @param endpoint the gateway's address, which queue URLs carry
 * @param senderId what SQS tells a receiver about who sent a message, by the sender's access key
 */
export function startMessaging(region: string, endpoint: string, senderId: (accessKeyId: string) => string) {
  const app = buildApp({ logger: false, defaultRegion: region });
  const sent = new SentMessages(async () => {
    const queues = await Promise.all((await queueNames()).map(inspect));
    return queues.flatMap((queue) =>
      Object.values(queue?.messages ?? {})
        .flat()
        .map(({ messageId }) => messageId),
    );
  });

  // fauxqs builds queue URLs of its own, which would lead past the gateway and its permissions.
  const ownUrls = /http:\/\/sqs\.[^/"<]+(?=\/000000000000)/g;
  const inject = async (headers: Record<string, string>, payload: string | Buffer): Promise<AwsResponse> => {
    const response = await app.inject({ method: "POST", url: "/", headers, payload });
    return {
      status: response.statusCode,
      headers: { "content-type": String(response.headers["content-type"]) },
      body: response.payload.replaceAll(ownUrls, endpoint),
    };
  };

  const remember = (body: string, queueUrl: unknown, sender?: string): void => {
    const { MessageId, Successful = [] } = sentSchema.parse(JSON.parse(body));
    const queueName = String(queueUrl).slice(String(queueUrl).lastIndexOf("/") + 1);
    for (const id of [MessageId, ...Successful.map((each) => each.MessageId)]) {
      if (id) sent.add(id, { queueName, ...(sender !== undefined && { sender }) });
    }
  };

  // fauxqs says the account for every SenderId; AWS says who it was.
  const withSenders = (body: string): string => {
    const received = JSON.parse(body) as { Messages?: { MessageId: string; Attributes?: Record<string, string> }[] };
    for (const { MessageId, Attributes } of received.Messages ?? []) {
      const sender = sent.get(MessageId)?.sender;
      if (Attributes?.SenderId && sender) Attributes.SenderId = sender;
    }
    return JSON.stringify(received);
  };

  const queueNames = async () => {
    const { QueueUrls = [] } = queuesSchema.parse(await sqs("ListQueues", {}));
    return QueueUrls.map((url) => url.slice(url.lastIndexOf("/") + 1));
  };
  const inspect = async (queueName: string) => {
    const response = await app.inject({ method: "GET", url: `/_fauxqs/queues/${queueName}` });
    return response.statusCode === 404 ? undefined : inspectionSchema.parse(response.json());
  };

  const sqs: Messaging["sqs"] = async (operation, input) => {
    const headers = { "content-type": "application/x-amz-json-1.0", "x-amz-target": `AmazonSQS.${operation}` };
    const { status, body } = await inject(headers, JSON.stringify(input));
    if (status !== 200) throw new Error(`SQS ${operation} failed: ${body}`);
    const text = String(body) || "{}";
    if (operation.startsWith("SendMessage")) remember(text, input.QueueUrl);
    return JSON.parse(operation === "ReceiveMessage" ? withSenders(text) : text) as Record<string, unknown>;
  };
  const moves = new MessageMoves({
    sqs,
    attributes: async (queueName) => (await inspect(queueName))?.attributes,
    sentTo: (messageId) => sent.get(messageId)?.queueName,
  });

  const messaging: Messaging = {
    async service(request) {
      const moved = request.service === "sqs" && (await moves.answer(request.operation, request.input));
      if (moved) return jsonResponse(moved);
      if (request.service === "sns" && request.operation === "Subscribe") {
        await refuseSilentSubscription(request.input, messaging.attributes);
      }
      const { host: _, "content-length": __, ...headers } = request.headers;
      const response = await inject(headers, request.body);
      if (response.status !== 200 || request.service !== "sqs") return response;
      const body = String(response.body);
      if (request.operation.startsWith("SendMessage")) {
        remember(body, request.input.QueueUrl, senderId(request.accessKeyId));
      }
      return request.operation === "ReceiveMessage" ? { ...response, body: withSenders(body) } : response;
    },
    sqs: async (operation, input) =>
      ((await moves.answer(operation, input)) as Record<string, unknown> | undefined) ?? sqs(operation, input),
    async sns(operation, input) {
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      const { status, body } = await inject(headers, String(new URLSearchParams({ Action: operation, ...input })));
      if (status !== 200) throw new Error(`SNS ${operation} failed: ${body}`);
      return String(body);
    },
    attributes: async (queueName) => (await inspect(queueName))?.attributes ?? {},
    get moving() {
      return moves.busy;
    },
    async backlog(queueName) {
      const { ready = [], delayed = [], inflight = [] } = (await inspect(queueName))?.messages ?? {};
      return ready.length + delayed.length + inflight.length;
    },
    async close() {
      // A poll that is just coming in would wait its whole time on a queue that is still there.
      const { QueueUrls = [] } = queuesSchema.parse(await messaging.sqs("ListQueues", {}));
      await Promise.all(QueueUrls.map((QueueUrl) => messaging.sqs("DeleteQueue", { QueueUrl })));
      await app.close();
    },
  };
  return messaging;
}

import * as z from "zod";
import { applyMessageSchema } from "./apply.ts";
import { commandSchema } from "./command.ts";
import { copyMessageSchema } from "./copy.ts";
import { longestMessage } from "./door/read-json.ts";
import { orderTypes } from "./order.ts";
import { outcomeSchema } from "./outcome.ts";
import { referencePage } from "./reference-page.ts";
import { retireMessageSchema } from "./retire.ts";
import { verifySchema } from "./verify.ts";

/** A type of event: what it means, and which way it goes. */
interface Described {
  schema: z.ZodType;
  title: string;
  summary: string;
}

const described: Readonly<Record<string, Described>> = {
  "ringcx.apply.v1": {
    schema: applyMessageSchema,
    title: "Apply",
    summary: "What should exist: groups, auth configs, services. Sent again it changes nothing.",
  },
  "ringcx.copy.v1": {
    schema: copyMessageSchema,
    title: "Copy",
    summary: "Services as they are elsewhere: a clone within an account, a promotion to another.",
  },
  "ringcx.retire.v1": {
    schema: retireMessageSchema,
    title: "Retire",
    summary: "What should no longer be used, and how far it is to be deleted.",
  },
  "ringcx.command.v1": {
    schema: commandSchema,
    title: "Command",
    summary: "An operator's order about one service.",
  },
  "ringcx.verify.v1": {
    schema: verifySchema,
    title: "Verify",
    summary: "A question: do the endpoints accept an auth config's credential now? Nothing is changed.",
  },
  "ringcx.outcome.v1": {
    schema: outcomeSchema,
    title: "Outcome",
    summary:
      "What became of a message, or of what the automation did of its own accord. At least once, under a stable id.",
  },
};

/** The page for people. */
export const referenceFile = "reference.md";

/** Where one environment is reached. */
export interface Addresses {
  /** URL of the queue for messages. */
  provisioning: string;
  /** URL of the queue for commands. */
  commands: string;
  /** ARN of the topic. */
  outcomes: string;
}

/**
 * A pattern in which `$` stands for nothing but the end: where it is a character it is written as `\\x24`. Python's fastjsonschema puts
 * its own end of a text into each `$`, whatever it stands in.
 */
export function portablePattern(pattern: string): string {
  let isInClass = false;
  return pattern.replace(/\\.|[[\]$]/gs, (part) => {
    if (part === "\\$" || (part === "$" && isInClass)) return "\\x24";
    if (part === "[" || part === "]") isInClass = part === "[";
    return part;
  });
}

/**
 * The contract for those who do not read TypeScript: a JSON Schema for each type, an AsyncAPI document and a page; by file name.
 *
 * @param addresses of a deployed environment; without them the document says where they are found
 */
export function contractDocuments(addresses?: Addresses): Map<string, string> {
  const documents = new Map<string, string>();
  const written = new Map<string, object>();
  for (const [type, { schema, title, summary }] of Object.entries(described)) {
    // What a sender writes, before defaults are filled in. Draft 7 is what AsyncAPI tools understand.
    const io = type === "ringcx.outcome.v1" ? "output" : "input";
    const { $schema, ...rest } = z.toJSONSchema(schema, {
      io,
      target: "draft-7",
      unrepresentable: "any",
      // A format is checked by few validators, and refused by Ajv without a package of its own: patterns say it.
      override: ({ jsonSchema }) => {
        delete jsonSchema.format;
        if (jsonSchema.pattern !== undefined) jsonSchema.pattern = portablePattern(jsonSchema.pattern);
      },
    });
    const schema7 = { $schema, title: `${title} (${type})`, description: summary, ...rest };
    written.set(type, schema7);
    documents.set(schemaFile(type), text(schema7));
  }
  documents.set("asyncapi.json", text(asyncApi(addresses)));
  documents.set(referenceFile, referencePage(written));
  return documents;
}

function asyncApi(addresses: Addresses | undefined) {
  const types = Object.keys(described);
  const provisioning = types.filter((type) => ["apply", "copy", "retire"].includes(type.split(".")[1] ?? ""));
  return {
    asyncapi: "3.0.0",
    info: {
      title: "RingCX remote HTTP service automation",
      version: "1.0.0",
      description: `CloudEvents 1.0 in structured JSON, at most ${longestMessage} bytes. A field that is not described here is refused, and so is a credential: a message names secrets, it never holds one.`,
    },
    defaultContentType: "application/cloudevents+json",
    channels: {
      provisioning: channel(
        provisioning,
        addresses?.provisioning,
        `An SQS FIFO queue${found("provisioning-queue-url")}. The message group is the accountId, so that messages of an account keep their order; the deduplication id is the SHA-256 of the event's source, a slash and its id, in hexadecimal. Without one SQS takes that of the body: the same body within five minutes is swallowed. Another content under a source and id that are taken is refused.`,
        { sqs: { queue: { name: nameOf(addresses?.provisioning) ?? "ProvisioningQueue", fifoQueue: true } } },
      ),
      commands: channel(
        orderTypes,
        addresses?.commands,
        `An SQS standard queue${found("command-queue-url")}: an order does not wait behind messages.`,
        { sqs: { queue: { name: nameOf(addresses?.commands) ?? "CommandQueue", fifoQueue: false } } },
      ),
      outcomes: channel(
        ["ringcx.outcome.v1"],
        addresses?.outcomes,
        `An SNS topic${found("outcome-topic-arn")}. Message attributes to filter by: type, status, source, account.`,
        { sns: { name: nameOf(addresses?.outcomes) ?? "Outcomes" } },
      ),
    },
    operations: {
      provision: operation("receive", "provisioning", provisioning),
      obey: operation("receive", "commands", orderTypes),
      tell: operation("send", "outcomes", ["ringcx.outcome.v1"]),
    },
    components: {
      messages: Object.fromEntries(
        Object.entries(described).map(([type, { title, summary }]) => [
          type,
          {
            name: type,
            title,
            summary,
            payload: {
              schemaFormat: "application/schema+json;version=draft-07",
              schema: { $ref: `./${schemaFile(type)}` },
            },
          },
        ]),
      ),
    },
  };
}

/** Before it is deployed nobody knows an address, which AsyncAPI writes as null. */
function channel(types: readonly string[], address: string | undefined, description: string, bindings: object) {
  const messages = Object.fromEntries(types.map((type) => [type, { $ref: `#/components/messages/${type}` }]));
  return { address: address ?? null, description, messages, bindings };
}

/** In words, where an address is looked up. */
function found(parameter: string): string {
  return ` (parameter /ringcx-automation/ENVIRONMENT/${parameter})`;
}

/** The name at the end of a queue's URL or a topic's ARN. */
function nameOf(address: string | undefined): string | undefined {
  return address?.split(/[/:]/).at(-1);
}

function operation(action: "receive" | "send", name: string, types: readonly string[]) {
  return {
    action,
    channel: { $ref: `#/channels/${name}` },
    messages: types.map((type) => ({ $ref: `#/channels/${name}/messages/${type}` })),
  };
}

function schemaFile(type: string): string {
  return `${type}.schema.json`;
}

/** JSON, with what nobody sees in an editor by its number. */
function text(document: unknown): string {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return `${JSON.stringify(document, undefined, 2).replaceAll(/(?![ \n])[\s\u007f-\u009f]/g, escaped)}\n`;
}

import type * as z from "zod";
import { AutomationError } from "../primitives/errors.ts";
import { type ApplyMessage, applyMessageSchema } from "./apply.ts";
import { type CopyMessage, copyMessageSchema } from "./copy.ts";
import { messageProblems } from "./message-problems.ts";
import type { Problem } from "./outcome.ts";
import { type RetireMessage, retireMessageSchema } from "./retire.ts";

/** Longest message, in bytes: its manifest and its outcome must fit into one item of the state table. */
export const longestMessage = 128 * 1024;

/** Every message of the provisioning queue. */
export type ProvisioningMessage = ApplyMessage | CopyMessage | RetireMessage;

/** The schema of each type. */
export const provisioningSchemas: Readonly<Record<ProvisioningMessage["type"], z.ZodType<ProvisioningMessage>>> = {
  "ringcx.apply.v1": applyMessageSchema,
  "ringcx.copy.v1": copyMessageSchema,
  "ringcx.retire.v1": retireMessageSchema,
};

/** A message that cannot succeed as it is, and everything that is wrong with it. */
export class MessageRejectedError extends AutomationError {
  override readonly name = "MessageRejectedError";
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], code = "MESSAGE_INVALID") {
    const [first] = problems;
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more problems)` : "";
    super(`${first?.path ? `${first.path}: ` : ""}${first?.message}${more}`, { code, details: { problems } });
    this.problems = problems;
  }
}

/**
 * Reads a message of the provisioning queue.
 *
 * @throws {MessageRejectedError} with every problem at once, each with its path, what is expected and a hint
 */
export function parseProvisioningMessage(body: string): ProvisioningMessage {
  const message = parsed(body);
  const type = (message as { type?: unknown } | null)?.type;
  const schema =
    typeof type === "string" && Object.hasOwn(provisioningSchemas, type)
      ? provisioningSchemas[type as keyof typeof provisioningSchemas]
      : undefined;
  if (!schema) throw new MessageRejectedError([unknownType(message, type)]);
  const result = schema.safeParse(message);
  const problems = [
    ...(result.success ? [] : messageProblems(result.error, schema, message)),
    ...duplicateResources((message as { data?: { resources?: unknown } }).data?.resources),
  ];
  if (result.success && problems.length === 0) return result.data;
  throw new MessageRejectedError(problems);
}

/** What can be read of a message that may not be one: enough to name its outcome. */
export function peekMessage(body: string): { source?: string; id?: string; type?: string; accountId?: string } {
  try {
    const { source, id, type, data } = parsed(body) as Record<string, unknown>;
    const accountId = (data as { accountId?: unknown } | null | undefined)?.accountId;
    const known = { source, id, type, accountId };
    return Object.fromEntries(
      Object.entries(known).filter(([, value]) => typeof value === "string" && value !== "" && value.length <= 256),
    );
  } catch {
    return {};
  }
}

function parsed(body: string): unknown {
  const bytes = Buffer.byteLength(body);
  if (bytes > longestMessage) {
    throw new MessageRejectedError([
      {
        path: "",
        message: `the message has ${bytes} bytes, expected at most ${longestMessage}`,
        hint: "send its resources in several messages",
      },
    ]);
  }
  try {
    return JSON.parse(body) as unknown;
  } catch (error) {
    // The parser's own message quotes the text.
    const position = /position \d+( \(line \d+ column \d+\))?/.exec(String(error))?.[0];
    throw new MessageRejectedError([
      {
        path: "",
        message: `the message is not valid JSON${position ? ` (at ${position})` : ""}`,
        hint: "expected a CloudEvents 1.0 event in structured JSON",
      },
    ]);
  }
}

function unknownType(message: unknown, type: unknown): Problem {
  const known = Object.keys(provisioningSchemas).join(", ");
  if (typeof message !== "object" || message === null || !("specversion" in message)) {
    return {
      path: "",
      message: "the message is not a CloudEvents 1.0 event in structured JSON",
      hint: `expected specversion "1.0", id, source, time, type (one of ${known}) and data`,
    };
  }
  const isCommand = typeof type === "string" && type.startsWith("ringcx.command.");
  return {
    path: "type",
    message: `expected one of ${known}`,
    ...(isCommand && { hint: "a command goes to the command queue" }),
  };
}

/** Resources of one kind with one natural key: which of them was meant is not known. */
function duplicateResources(resources: unknown): Problem[] {
  if (!Array.isArray(resources)) return [];
  const seen = new Map<string, number>();
  return resources.flatMap((resource: Record<string, unknown> | null, index): Problem[] => {
    const { kind, groupName, providerName, serviceDescription } = resource ?? {};
    const name = {
      httpServiceGroup: [groupName],
      authConfig: [providerName],
      httpService: [groupName, serviceDescription],
    }[String(kind)];
    if (!name?.every((part) => typeof part === "string")) return [];
    const key = JSON.stringify([kind, ...name]);
    const first = seen.get(key);
    seen.set(key, first ?? index);
    if (first === undefined) return [];
    return [
      {
        path: `data.resources[${index}]`,
        message: `declares the same ${kind} as data.resources[${first}]`,
        hint: "declare each resource once",
      },
    ];
  });
}

/** A message of the file as it will be sent, with what the report calls it. */
export interface PlayedMessage {
  lineNumber: number;
  body: string;
  /** CloudEvents `source` and `id`, by which its outcome is found. */
  source: string;
  id: string;
  type: string;
  accountId: string;
}

/** A line that cannot be sent, and why. */
export interface BadLine {
  lineNumber: number;
  because: string;
}

/**
 * Reads a file of messages, one JSON object a line (empty lines and lines that begin with `#` are passed over).
 * `${NAME}` is replaced by the variable of that name. A bad line is reported and the rest goes on: whether a
 * message is *right* is for the system to say, here it only has to be something that a queue can carry.
 */
export function readMessages(
  text: string,
  variables: Readonly<Record<string, string>>,
): { messages: PlayedMessage[]; badLines: BadLine[] } {
  const messages: PlayedMessage[] = [];
  const badLines: BadLine[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const lineNumber = index + 1;
    try {
      messages.push({ lineNumber, ...readMessage(replaceVariables(line, variables)) });
    } catch (error) {
      badLines.push({ lineNumber, because: error instanceof Error ? error.message : String(error) });
    }
  }
  return { messages, badLines };
}

function readMessage(body: string): Omit<PlayedMessage, "lineNumber"> {
  const message = parse(body);
  if (typeof message !== "object" || message === null || Array.isArray(message)) {
    throw new Error("expected a JSON object, one message a line");
  }
  const { source, id, type, data } = message as Record<string, unknown>;
  for (const [name, value] of Object.entries({ source, id, type })) {
    if (typeof value !== "string" || value === "") {
      throw new Error(`"${name}" is missing: a message is a CloudEvent with "source", "id" and "type"`);
    }
  }
  const accountId = (data as { accountId?: unknown } | undefined)?.accountId;
  return {
    body,
    source: source as string,
    id: id as string,
    type: type as string,
    accountId: typeof accountId === "string" ? accountId : "unknown",
  };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new Error(`not valid JSON (${error instanceof Error ? error.message : String(error)})`);
  }
}

function replaceVariables(line: string, variables: Readonly<Record<string, string>>): string {
  return line.replace(/\$\{([A-Z_]+)\}/g, (_, name: string) => {
    const value = variables[name];
    if (value === undefined) {
      throw new Error(`unknown variable \${${name}}; known are ${Object.keys(variables).join(", ")}`);
    }
    // The variable stands inside a JSON string.
    return JSON.stringify(value).slice(1, -1);
  });
}

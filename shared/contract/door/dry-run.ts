import { parseJsonObject } from "../../primitives/json.ts";
import { scanJson } from "../../primitives/json-scan.ts";
import { textIn } from "./event-data.ts";
import { deepestMessage } from "./read-json.ts";

/**
 * Whether a message or command only asks what would be done. It can be right or wrong: whoever sent it waits for the answer,
 * and there is nothing to be carried out later, so that it is not kept and asks for nobody. False of a text that is no event.
 * Never throws.
 */
export function isDryRun(text: string): boolean {
  const { data, data_base64: base64 } = objectIn(text);
  // Both beside each other are refused: whichever asks waits for the answer.
  return [data, objectIn(textIn(base64) ?? "")].some(
    (asked) => typeof asked === "object" && asked !== null && "dryRun" in asked && asked.dryRun === true,
  );
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  const isDeep = scanJson(text, { deepest: 0 }) > deepestMessage;
  return (isDeep ? undefined : parseJsonObject(text)) ?? {};
}

import { binaryOfBase64, bytesOfBinary } from "../../primitives/bytes.ts";
import { MessageRejectedError } from "../message-rejected-error.ts";
import { readJson } from "./read-json.ts";

/**
 * An event's members as its schemas name them. An attribute that is `null` is one that is not set. `data_base64` is read
 * as `data` where `datacontenttype` says that it is JSON: without one nothing may be assumed of it.
 * Source: CloudEvents 1.0.2, JSON Event Format, 2.2 "Type System Mapping" and 3.1 "Handling of data".
 *
 * @returns own fields only, bounded as {@link readJson} says, what was in `data_base64` as well
 * @throws {MessageRejectedError} where `data_base64` holds no JSON
 */
export function withPlainData(event: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const isSet = ([name, value]: [string, unknown]) => value !== null || name === "data";
  const { data_base64: base64, ...plain } = Object.fromEntries(Object.entries(event).filter(isSet));
  if (base64 === undefined) return plain;
  if (Object.hasOwn(plain, "data")) throw rejected("is there beside data", "keep the one that is meant");
  const { datacontenttype } = plain;
  if (datacontenttype === undefined) {
    const hint = "set datacontenttype to application/json, or send the object itself as data";
    throw rejected("is of no known type without datacontenttype", hint);
  }
  const text = textIn(base64);
  if (text === undefined) throw rejected("expected JSON in UTF-8, as Base64 (RFC 4648)", "or send the object as data");
  return {
    ...plain,
    data: readJson(text, { what: "the text in data_base64", expected: "data as JSON", path: ["data"] }),
  };
}

/**
 * What stands in Base64 in a text that may be an event, a batch of them, or one within another message. Takes time linear
 * in the text; never throws.
 */
export function textsInBase64(text: string): string[] {
  // Quotes and slashes may be escaped, by a serializer or because it is JSON within JSON.
  const values = text.matchAll(/data_base64\\*"\s*:\s*\\*"([\w+/=\\-]*)/g);
  const plain = (value: string) => value.replaceAll(/\\+[rn]|\\/g, "");
  return [...values].map(([, value = ""]) => new TextDecoder().decode(bytesOfBinary(binaryOfBase64(plain(value)))));
}

/** The text that a value of `data_base64` stands for; `undefined` where it is none. Never throws. */
export function textIn(base64: unknown): string | undefined {
  if (typeof base64 !== "string") return undefined;
  const binary = binaryOfBase64(base64);
  // What is no Base64 was skipped.
  if (btoa(binary) !== base64) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytesOfBinary(binary));
  } catch {
    return undefined;
  }
}

function rejected(message: string, hint: string): MessageRejectedError {
  return new MessageRejectedError([{ path: "data_base64", message, hint }]);
}

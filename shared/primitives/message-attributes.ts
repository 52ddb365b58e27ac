import { publishableText, shortenText } from "./publishable-text.ts";

/** An attribute of an SNS or SQS message. */
export interface TextAttribute {
  DataType: "String";
  StringValue: string;
}

/** Longest value, in characters: attributes count towards the message's size. */
const longestValue = 1_000;

/**
 * The attributes of a message, as SNS and SQS take them: values that are not given or empty have none, the others are
 * cleaned and cut. Names are ours: letters, digits, `_`, `-` and `.`.
 * Sources: Amazon SNS API Reference, "MessageAttributeValue"; Amazon SQS Developer Guide, "Message attribute components".
 *
 * @param longest of each value, in characters. @default 1,000
 */
export function messageAttributes(
  values: Readonly<Record<string, string | undefined>>,
  longest: number = longestValue,
): Record<string, TextAttribute> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value = ""]) => {
      const StringValue = shortenText(publishableText(value), longest);
      return StringValue === "" ? [] : [[name, { DataType: "String", StringValue }]];
    }),
  );
}

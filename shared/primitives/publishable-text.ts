/**
 * A text in the characters that SNS, SQS and DynamoDB take: those of XML 1.0. Control characters (but tab and line
 * breaks), half surrogate pairs, U+FFFE and U+FFFF become U+FFFD, as SQS itself does with a message's body.
 * Source: Amazon SQS API Reference, "SendMessage", MessageBody.
 */
export function publishableText(text: string): string {
  return text.replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, "\ufffd");
}

/**
 * A text of at most so many characters, which says how many are missing; no surrogate pair is cut in two. One that was
 * cut before says how many are missing in all.
 */
export function shortenText(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const note = /… \((\d{1,9}) more characters\)$/.exec(text);
  const own = text.slice(0, note?.index);
  const total = own.length + Number(note?.[1] ?? 0);
  const room = Math.max(0, longest - `… (${total} more characters)`.length);
  const kept = own.slice(0, room).replace(/[\ud800-\udbff]$/, "");
  return `${kept}… (${total - kept.length} more characters)`.slice(0, longest);
}

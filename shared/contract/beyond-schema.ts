import { longestUrl } from "../primitives/canonical-url.ts";
import { mostAheadMs } from "./door/command-time.ts";
import { longestName } from "./door/json-problems.ts";
import { deepestMessage, longestMessage } from "./door/read-json.ts";

/**
 * What is refused at the queue although the written schemas take it, because a JSON Schema has no words for it, or not
 * every validator has: for the page of the contract. A test holds each against both, and finds nothing else.
 */
export const beyondSchema = [
  `Lengths in bytes: a source and an id of more than 450 bytes as UTF-8; a name (of a group, a service, an auth config or an input) of more than 450, in which a slash or percent sign counts as three; a URL of more than ${longestUrl.toLocaleString("en")} once what is not ASCII in it is encoded. A whole message has at most ${longestMessage.toLocaleString("en")}, and at most ${deepestMessage} levels.`,
  "Half a character: a surrogate that stands alone; in a `source` or an `id` also a noncharacter of Unicode, as U+FFFE.",
  `What no message may hold, whatever stands around it: a field named \`__proto__\`, \`constructor\` or \`prototype\` (a header, too), one with no name or one of more than ${longestName} characters; a whole number above 2^53, and one of 1e126 or more.`,
  "Two things under one name: a field twice in one object, one resource twice, two inputs of one name, two headers whose names are the same in another letter case; `url`, `headers` or `method` of a service in another spelling.",
  "What a URL means: a host or port in disguise or in another form than the canonical one, as with a default port; a host that can be none; an invisible character; `.` or `..` as a segment of its path; a query parameter whose name says that it carries a credential. A `dataschema` that is no URL.",
  "A credential, wherever it stands; a header that is not a sender's to set, as one that decides which host is asked: the descriptions of the fields name them.",
  "What goes together: a body with `GET`, a `HEAD` request whose answer has a body, a text as body in another charset than UTF-8, characters beyond U+00FF in the prefix of a credential that goes into a header, a copy onto itself, `to.serviceDescription` of a copy without `from.serviceDescription`, `health.watch` without a request to ask with, a schema of an answer with keywords that are not checked, `data_base64` beside `data`.",
  `What time it is: a \`time\` more than ${mostAheadMs / 60_000} minutes ahead, an \`until\` that is over or more than five years ahead.`,
] as const;

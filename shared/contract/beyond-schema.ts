import { longestMessage } from "./door/read-json.ts";

/**
 * What is refused at the queue although the written schemas take it, because a JSON Schema has no words for it, or not
 * every validator has: for the page of the contract. A test holds each against both.
 */
export const beyondSchema = [
  `Lengths in bytes: a source and an id of more than 450 bytes as UTF-8; a name (of a group, a service, an auth config or an input) of more than 450, in which a slash or percent sign counts as three. A whole message has at most ${longestMessage.toLocaleString("en")}.`,
  "Half a character: a surrogate that stands alone; in a `source` or an `id` also a noncharacter of Unicode, as U+FFFE.",
  "Two things under one name: one resource twice, two inputs of one name, two headers whose names are the same in another letter case.",
  "What a URL means: a host in disguise, a user or password in it, a query parameter whose name says that it carries a credential. A `dataschema` that is no URL.",
  "A credential, wherever it stands; a header that decides which host is asked, or that carries one.",
  "What goes together: a body with `GET`, a `HEAD` request whose answer has a body, a copy onto itself, `health.watch` without a request to ask with, a time before which a command should have ended, a schema of an answer with keywords that are not checked.",
] as const;

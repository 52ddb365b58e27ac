/** An object of a JSON text with all its members, in their order, also those whose name it has several times. */
export class JsonMembers {
  readonly entries: (readonly [name: string, value: unknown])[] = [];
}

/** Texts, other literals and punctuation of JSON. */
const token = /"(?:[^"\\]|\\.)*"|[^\s"{}[\],:]+|[{}[\],:]/gs;

/**
 * The value of a JSON text in which no member is lost: `JSON.parse` keeps the last of those that have the same name.
 * Objects are {@link JsonMembers}. Takes time linear in the text.
 *
 * @param text JSON that `JSON.parse` takes; of another text the result means nothing
 */
export function jsonWithDoubles(text: string): unknown {
  const root: unknown[] = [];
  const open: { into: unknown[] | JsonMembers; name: string | undefined }[] = [{ into: root, name: undefined }];
  const add = (value: unknown) => {
    const frame = open.at(-1);
    if (frame?.into instanceof JsonMembers) {
      frame.into.entries.push([frame.name ?? "", value]);
      frame.name = undefined;
    } else frame?.into.push(value);
  };
  for (const [part] of text.matchAll(token)) {
    const frame = open.at(-1);
    if (part === "{" || part === "[") {
      const into = part === "{" ? new JsonMembers() : [];
      add(into);
      open.push({ into, name: undefined });
    } else if (part === "}" || part === "]") {
      open.pop();
    } else if (part !== "," && part !== ":") {
      const value = JSON.parse(part) as unknown;
      if (frame?.into instanceof JsonMembers && frame.name === undefined) frame.name = String(value);
      else add(value);
    }
  }
  return root[0];
}

/** Where a member or entry stands: names of objects, indices of arrays. */
export type JsonPath = readonly (string | number)[];

export interface JsonScanOptions {
  /** Nesting down to which members are told, in levels. Below it brackets are counted and nothing is kept. */
  deepest: number;
  /** Told of each member, before its value. `isDoubled`: the object has had that name already. */
  onMember?: (name: string, isDoubled: boolean, parent: () => JsonPath) => void;
  /** Told of each text that is a value, within {@link deepest}. */
  onText?: (value: string, path: () => JsonPath) => void;
}

/** An open object (with the names it has had) or array. */
type Frame = { names: Set<string>; name: string; isNameNext: boolean } | { names: undefined; index: number };

/**
 * Looks through a JSON text before it is parsed, in one pass and without recursion: how deep it is nested, and which
 * members it has. Never throws, whatever the text is. Only what is told of well-formed JSON is true; of another text it
 * is a guess, and its depth is at least that down to which a parser comes.
 *
 * @returns the deepest nesting of objects and arrays: 0 for `1`, 1 for `{}`, 2 for `[[]]`
 */
export function scanJson(text: string, { deepest, onMember, onText }: JsonScanOptions): number {
  const frames: Frame[] = [];
  const pathOf = (open: readonly Frame[]) => open.map((frame) => (frame.names ? frame.name : frame.index));
  let level = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    const frame = level <= deepest ? frames.at(-1) : undefined;
    if (character === '"') {
      const end = endOfText(text, at + 1);
      if (frame?.names && frame.isNameNext) {
        const name = unquoted(text.slice(at + 1, end));
        onMember?.(name, frame.names.has(name), () => pathOf(frames.slice(0, -1)));
        frame.names.add(name);
        frame.name = name;
        frame.isNameNext = false;
      } else if (frame && onText) {
        onText(unquoted(text.slice(at + 1, end)), () => pathOf(frames));
      }
      at = end;
    } else if (character === "{" || character === "[") {
      level += 1;
      depth = Math.max(depth, level);
      if (level > deepest) continue;
      frames.push(
        character === "{" ? { names: new Set(), name: "", isNameNext: true } : { names: undefined, index: 0 },
      );
    } else if (character === "}" || character === "]") {
      if (level <= deepest) frames.pop();
      level = Math.max(0, level - 1);
    } else if (character === "," && frame) {
      if (frame.names) frame.isNameNext = true;
      else frame.index += 1;
    }
  }
  return depth;
}

/** The place of the quote that ends a text, or the end of it all. */
function endOfText(text: string, start: number): number {
  let at = start;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}

/** A text without its escapes, so that `"a"` and `"\u0061"` are one name. */
function unquoted(raw: string): string {
  if (!raw.includes("\\")) return raw;
  try {
    return String(JSON.parse(`"${raw}"`));
  } catch {
    return raw; // not JSON: the parser says so
  }
}

/** Whether an object in a JSON text has a member twice: which one counts depends on who reads it. */
export function hasTwins(text: string): boolean {
  let found = false;
  const onMember = (_name: string, isDoubled: boolean) => {
    found ||= isDoubled;
  };
  scanJson(text, { deepest: 100, onMember });
  return found;
}

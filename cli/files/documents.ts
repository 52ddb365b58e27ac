import { isMap, isSeq, LineCounter, type Node, parseAllDocuments } from "yaml";
import { UsageError } from "../exit-codes.ts";

/** A place in a file, counted from 1. */
export interface Place {
  line: number;
  column: number;
}

/** One message, or one set of manifests, of a file. */
export interface SourceDocument {
  value: unknown;
  /** Where it begins. */
  begins: Place;
  /** Where a path of it is (`resources[0].groupName`), or the nearest of its parents that is there. */
  placeOf(path: string): Place;
}

/**
 * Reads YAML (several documents with `---` between them), JSON, or JSON lines, whichever it is. A list at the top is
 * several documents; lines that begin with `#` are comments.
 *
 * @param file its name, for errors
 * @throws {UsageError} with every syntax error, its line and its column
 */
export function readDocuments(text: string, file: string): SourceDocument[] {
  const lines = jsonLines(text);
  const documents = lines
    ? lines.flatMap(({ line, at }) => parse(line, file, at))
    : parse(text.replace(/^\ufeff/, ""), file, 0);
  if (documents.length === 0) throw new UsageError(`${file} is empty: it holds neither a message nor manifests.`);
  return documents;
}

/** The lines of a file of JSON lines; `undefined` where it is something else. */
function jsonLines(text: string): { line: string; at: number }[] | undefined {
  const lines = text
    .split(/\r?\n/)
    .map((line, at) => ({ line, at }))
    .filter(({ line }) => line.trim() !== "" && !line.startsWith("#"));
  const isJsonLine = ({ line }: { line: string }) => line.startsWith("{") && line.trimEnd().endsWith("}");
  return lines.length > 1 && lines.every(isJsonLine) ? lines : undefined;
}

function parse(text: string, file: string, linesBefore: number): SourceDocument[] {
  const counter = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = counter.linePos(offset);
    return { line: line + linesBefore, column: col };
  };
  const parsed = readable(file, () =>
    parseAllDocuments(text, { lineCounter: counter, prettyErrors: false, version: "1.2" }),
  );
  const documents = Array.isArray(parsed) ? parsed : [];
  const problems = documents.flatMap(({ errors }) =>
    errors.map(({ message, pos }) => ({ message, ...placeAt(pos[0]) })),
  );
  if (problems.length > 0) {
    const told = problems.map(({ line, column, message }) => `  ${file}:${line}:${column}: ${message}`);
    throw new UsageError([`${file} is neither valid YAML nor valid JSON:`, ...told].join("\n"));
  }
  return documents.flatMap((document) => {
    const root = document.contents as Node | null;
    if (root === null) return [];
    const of = (node: Node): SourceDocument => ({
      value: readable(file, () => (node as { toJS(of: unknown): unknown }).toJS(document)),
      begins: placeAt(node.range?.[0] ?? 0),
      placeOf: (path) => placeAt(offsetOf(node, path)),
    });
    return isSeq(root) ? root.items.map((item) => of(item as Node)) : [of(root)];
  });
}

/**
 * What the library throws beside the errors that it lists: of aliases that stand for too much, or for nothing, and of nesting that
 * the stack does not hold.
 *
 * @throws {UsageError} that names the file
 */
function readable<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const because =
      error instanceof RangeError ? "it is nested too deep" : error instanceof Error ? error.message : error;
    throw new UsageError(`${file} cannot be read: ${because}.`);
  }
}

/** The offset of a path: of the name of a field, of an item of a list. */
function offsetOf(node: Node, path: string): number {
  let at: Node = node;
  let offset = node.range?.[0] ?? 0;
  let rest = path;
  while (rest !== "") {
    const index = /^\[(\d+)\]\.?/.exec(rest);
    if (isSeq(at) && index) {
      const item = at.items[Number(index[1])] as Node | undefined;
      if (!item) return offset;
      at = item;
      offset = item.range?.[0] ?? offset;
      rest = rest.slice(index[0].length);
      continue;
    }
    // A name may hold dots: the longest that fits.
    const pair = isMap(at)
      ? at.items
          .map(({ key, value }) => ({
            key: key as { value?: unknown; range?: [number, number, number] | null },
            value,
          }))
          .filter(({ key }) => fits(rest, String(key.value)))
          .sort((a, b) => String(b.key.value).length - String(a.key.value).length)[0]
      : undefined;
    if (!pair) return offset;
    offset = pair.key.range?.[0] ?? offset;
    rest = rest.slice(String(pair.key.value).length).replace(/^\./, "");
    if (pair.value === null || pair.value === undefined) return offset;
    at = pair.value as Node;
  }
  return offset;
}

function fits(path: string, name: string): boolean {
  return path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`);
}

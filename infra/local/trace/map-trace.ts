import { SourceMap, type SourceMapPayload } from "node:module";
import { relative, resolve } from "node:path";

/** A place in a file of a bundle, as Lambda's logs have it. */
const place = /(?:file:\/\/)?\/var\/task\/([\w-]+\.mjs):(\d+):(\d+)/g;

/**
 * A text of a log with the places of the bundle as places of the source: `shared/ringcx/client/call.ts:41:7`. Names stay
 * the short ones of the bundle. A place that the map does not know stays as it is.
 *
 * @param mapOf gives the map of a file of the bundle that wrote it; nothing where there is none
 * @param folder where the maps are: its sources are named from there
 * @param root the checkout, from which sources are named in the answer
 */
export function mapTrace(
  text: string,
  mapOf: (file: string) => SourceMapPayload | undefined,
  { folder, root }: { folder: string; root: string },
): string {
  const sources = new Map<string, SourceMap | undefined>();
  const sourceOf = (file: string) => {
    const map = mapOf(file);
    return map && new SourceMap(map);
  };
  return text.replaceAll(place, (whole, file: string, line: string, column: string) => {
    const source = sources.has(file) ? sources.get(file) : sourceOf(file);
    sources.set(file, source);
    if (!source) return whole;
    // The map counts from 0, the log from 1.
    const entry = source.findEntry(Number(line) - 1, Number(column) - 1);
    if (!("originalSource" in entry)) return whole;
    const path = relative(root, resolve(folder, entry.originalSource)).replace(/^.*?(?=node_modules\/)/, "");
    return `${path}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });
}

import { SourceMap, type SourceMapPayload } from "node:module";
import { relative, resolve } from "node:path";

/** A place in a bundle, as Lambda's logs have it. */
const place = /(?:file:\/\/)?\/var\/task\/index\.mjs:(\d+):(\d+)/g;

/**
 * A text of a log with the places of the bundle as places of the source: `shared/ringcx/client/call.ts:41:7`. Names stay
 * the short ones of the bundle. A place that the map does not know stays as it is.
 *
 * @param map of the bundle that wrote it
 * @param folder where the map is: its sources are named from there
 * @param root the checkout, from which sources are named in the answer
 */
export function mapTrace(
  text: string,
  map: SourceMapPayload,
  { folder, root }: { folder: string; root: string },
): string {
  const source = new SourceMap(map);
  return text.replaceAll(place, (whole, line: string, column: string) => {
    // The map counts from 0, the log from 1.
    const entry = source.findEntry(Number(line) - 1, Number(column) - 1);
    if (!("originalSource" in entry)) return whole;
    const path = relative(root, resolve(folder, entry.originalSource)).replace(/^.*?(?=node_modules\/)/, "");
    return `${path}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });
}

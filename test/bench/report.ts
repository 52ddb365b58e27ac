/** A table for people. */
export interface ReportTable {
  /** What it shows, in a sentence. */
  title: string;
  headings: readonly string[];
  rows: readonly (readonly string[])[];
}

/** Bars beside one another, of one unit: the shorter the better. */
export interface Chart {
  /** The file's name without its ending. */
  name: string;
  title: string;
  bars: readonly Bar[];
}

/** One value. */
export interface Bar {
  label: string;
  value: number;
  /** As it is written beside the bar. */
  text: string;
  /** Of somebody or something else than us. */
  isPeer: boolean;
}

/** What one bench has found. */
export interface Report {
  tables: readonly ReportTable[];
  charts: readonly Chart[];
  /** Why it is not as complete as the document's, which is left as it is then. */
  incomplete?: string | undefined;
}

/** A table in Markdown. */
export function tableText({ title, headings, rows }: ReportTable): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [title, "", line(headings), line(headings.map(() => "---")), ...rows.map(line)].join("\n");
}

/** What a document holds of a report: its tables, and its charts as pictures. @param folder of the pictures, from the document */
export function reportText({ tables, charts }: Report, folder: string): string {
  const pictures = charts.map(({ name, title }) => `![${title}](${folder}/${name}.svg)`);
  return [...pictures, ...tables.map(tableText)].join("\n\n");
}

/**
 * A document with what stands between a name's marks replaced.
 *
 * @throws {Error} where it has no such marks
 */
export function replaced(document: string, name: string, text: string): string {
  const [start, end] = [`<!-- ${name} -->\n`, `<!-- end ${name} -->`];
  const [from, to] = [document.indexOf(start), document.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`The document has no marks for ${name}`);
  return `${document.slice(0, from + start.length)}${text}\n${document.slice(to)}`;
}

/** Rows under headings, each column as wide as its widest cell. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return [line(headings), line(widths.map((width) => "─".repeat(width))), ...rows.map(line)].join("\n");
}

/** Something that the demonstration expects to be so, and what it found. */
export interface Expectation {
  what: string;
  holds: boolean;
  /** What was found instead, when it does not hold. */
  found: string;
}

/** A sentence for the end: how many expectations hold, and each that does not. */
export function verdict(expectations: readonly Expectation[]): string {
  const broken = expectations.filter(({ holds }) => !holds);
  if (broken.length === 0) return `Everything is as it should be (${expectations.length} checks).`;
  return [
    `${broken.length} of ${expectations.length} checks differ:`,
    ...broken.map(({ what, found }) => `  expected: ${what}\n  found:    ${found}`),
  ].join("\n");
}

import type { Bar, Chart } from "./report.ts";

const [width, labelWidth, valueWidth, lineHeight, barHeight, top] = [720, 250, 110, 26, 16, 36] as const;

/** A chart as SVG, for light and dark pages: bars from one scale that begins at nothing. */
export function chartSvg({ title, bars }: Chart): string {
  const longest = Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE);
  const height = top + bars.length * lineHeight + 10;
  const lines = bars.map((bar, index) => barLines(bar, top + index * lineHeight, longest));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">
<style>
text { font: 13px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600 }
.ours { fill: #2f6fde } .peer { fill: #a9b4c0 }
@media (prefers-color-scheme: dark) { text { fill: #d8dee4 } .ours { fill: #6ea8fe } .peer { fill: #5b6672 } }
</style>
<text class="title" x="0" y="18">${escaped(title)}</text>
${lines.join("\n")}
</svg>
`;
}

function barLines({ label, value, text, isPeer }: Bar, y: number, longest: number): string {
  const length = Math.max(1, (value / longest) * (width - labelWidth - valueWidth));
  const middle = y + barHeight - 3;
  return [
    `<text x="${labelWidth - 10}" y="${middle}" text-anchor="end">${escaped(label)}</text>`,
    `<rect class="${isPeer ? "peer" : "ours"}" x="${labelWidth}" y="${y}" width="${length.toFixed(1)}" height="${barHeight}" rx="2"/>`,
    `<text x="${(labelWidth + length + 8).toFixed(1)}" y="${middle}">${escaped(text)}</text>`,
  ].join("\n");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

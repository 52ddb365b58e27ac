import * as z from "zod";

const widgetSchema = z.object({
  type: z.string(),
  x: z.number(),
  y: z.number(),
  width: z.number(),
  height: z.number(),
  properties: z.looseObject({
    title: z.string().optional(),
    markdown: z.string().optional(),
    view: z.string().optional(),
    stacked: z.boolean().optional(),
    metrics: z.array(z.array(z.unknown())).default([]),
    annotations: z
      .object({ horizontal: z.array(z.object({ label: z.string(), value: z.number() })) })
      .partial()
      .optional(),
    alarms: z.array(z.unknown()).optional(),
  }),
});
type Widget = z.output<typeof widgetSchema>;

/** Pixels of one of CloudWatch's 24 columns, and of a row. */
const unit = { x: 42, y: 30 };
const gap = 6;
const lineHeight = 15;

/**
 * The layout of a dashboard as SVG: where each widget stands, and what it shows. No data: none was measured.
 *
 * @param body `DashboardBody` as CloudFormation has it, with its references unresolved
 */
export function dashboardPicture(body: unknown): string {
  const { widgets } = z.object({ widgets: z.array(widgetSchema) }).parse(JSON.parse(resolved(body)));
  const width = 24 * unit.x;
  const height = Math.max(...widgets.map((widget) => widget.y + widget.height)) * unit.y;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    "<title>Layout of the dashboard</title>",
    `<rect width="${width}" height="${height}" fill="#f2f3f3"/>`,
    ...widgets.map(drawn),
    "</svg>",
    "",
  ].join("\n");
}

/** A reference reads as the logical id that it points at. */
function resolved(value: unknown): string {
  if (typeof value === "string") return value;
  const { "Fn::Join": joined, "Fn::GetAtt": attribute, Ref } = (value ?? {}) as Record<string, never[]>;
  if (joined) return (joined[1] as unknown as unknown[]).map(resolved).join("");
  return attribute ? String(attribute[0]) : String(Ref);
}

function drawn({ type, x, y, width, height, properties }: Widget): string {
  const [left, top] = [x * unit.x + gap / 2, y * unit.y + gap / 2];
  const [right, bottom] = [width * unit.x - gap, height * unit.y - gap];
  const { title, markdown } = properties;
  const [heading = "", ...text] = title === undefined ? (markdown ?? "").replace(/^# /, "").split("\n") : [title];
  const lines = [...text, ...linesOf(type, properties)];
  return [
    `<g transform="translate(${left} ${top})">`,
    `<rect width="${right}" height="${bottom}" rx="4" fill="#fff" stroke="#d5dbdb"/>`,
    `<text x="10" y="20" font-weight="bold" fill="#16191f">${escaped(heading)}</text>`,
    ...lines.map((line, index) => `<text x="10" y="${40 + index * lineHeight}" fill="#545b64">${escaped(line)}</text>`),
    "</g>",
  ].join("\n");
}

function linesOf(type: string, { metrics, annotations, alarms, view, stacked }: Widget["properties"]): string[] {
  if (type === "alarm") return [`${alarms?.length ?? 0} alarms, each with its state`];
  if (type === "log") return ["a table: time, status, summary; the newest first"];
  const limits = (annotations?.horizontal ?? []).map(({ label, value }) => `line at ${value}: ${label}`);
  const names = metrics.filter(isShown).map(nameOf);
  const kind = view === "singleValue" ? "■" : stacked ? "▤" : "─";
  return [...names.map((name) => `${kind} ${name}`), ...limits.map((limit) => `╌ ${limit}`)];
}

/** What only an expression is made of is not. */
function isShown(metric: readonly unknown[]): boolean {
  return !JSON.stringify(metric.at(-1)).includes('"visible":false');
}

/** The label of a metric, or else its name. */
function nameOf(metric: readonly unknown[]): string {
  const options = metric.at(-1);
  const label = typeof options === "object" && options !== null && "label" in options ? options.label : undefined;
  return String(label ?? metric[1]);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** A room and the question that it answers. */
export interface Room {
  name: string;
  question: string;
}

/** An area of the code: rooms from top to bottom; those of one row do not import each other. */
export interface Area {
  title: string;
  question: string;
  rows: readonly (readonly Room[])[];
}

const gap = 8;
const titleHeight = 44;
const nameHeight = 24;
const lineHeight = 14;
/** Of a letter of a question, on average. */
const letterWidth = 5.6;

/**
 * The rooms of the code as SVG: the functions side by side, what they share below. Readable in light and dark.
 *
 * @param functions drawn as columns
 * @param shared drawn below them, over the whole width
 */
export function architecturePicture(functions: readonly Area[], shared: Area): string {
  const columnWidth = 312;
  const width = functions.length * (columnWidth + gap) - gap;
  const columnHeight = Math.max(...functions.map((area) => heightOf(area, columnWidth)));
  const sharedTop = columnHeight + 5 * gap;
  const sharedHeight = heightOf(shared, width);
  const parts = [
    ...functions.map((area, index) => drawnArea(area, index * (columnWidth + gap), 0, columnWidth, columnHeight)),
    `<text class="note" x="${width / 2}" y="${columnHeight + 3 * gap}" text-anchor="middle">▼ imports run downward only ▼</text>`,
    drawnArea(shared, 0, sharedTop, width, sharedHeight),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${sharedTop + sharedHeight}" font-family="sans-serif">`,
    "<title>Rooms of the code</title>",
    "<style>",
    ".area{fill:#f3f5f7}.room{fill:#fff;stroke:#9aa7b4}.title{font-size:15px;font-weight:600}.name{font-size:13px;font-weight:600}.note{font-size:11px}text{fill:#1b2733}.note{fill:#51606e}",
    "@media (prefers-color-scheme:dark){.area{fill:#161c22}.room{fill:#222b34;stroke:#4d5b68}text{fill:#e6edf3}.note{fill:#a3b1be}}",
    "</style>",
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}

function heightOf({ rows }: Area, width: number): number {
  return rows.reduce((height, row) => height + rowHeight(row, width) + gap, titleHeight);
}

function roomWidth(row: readonly Room[], areaWidth: number): number {
  return (areaWidth - gap) / row.length - gap;
}

function rowHeight(row: readonly Room[], areaWidth: number): number {
  const lines = row.map(({ question }) => linesOf(question, roomWidth(row, areaWidth)).length);
  return nameHeight + Math.max(...lines) * lineHeight;
}

function drawnArea({ title, question, rows }: Area, left: number, top: number, width: number, height: number): string {
  let y = top + titleHeight;
  const rooms = rows.flatMap((row) => {
    const [each, tall, rowTop] = [roomWidth(row, width), rowHeight(row, width), y];
    y += tall + gap;
    return row.map((room, place) => drawnRoom(room, left + gap + place * (each + gap), rowTop, each, tall));
  });
  return [
    `<rect class="area" x="${left}" y="${top}" width="${width}" height="${height}" rx="8"/>`,
    `<text class="title" x="${left + gap}" y="${top + 19}">${escaped(title)}</text>`,
    `<text class="note" x="${left + gap}" y="${top + 35}">${escaped(question)}</text>`,
    ...rooms,
  ].join("\n");
}

function drawnRoom({ name, question }: Room, left: number, top: number, width: number, height: number): string {
  return [
    `<rect class="room" x="${left}" y="${top}" width="${width}" height="${height}" rx="5"/>`,
    `<text class="name" x="${left + gap}" y="${top + 17}">${escaped(name)}</text>`,
    ...linesOf(question, width).map(
      (line, index) =>
        `<text class="note" x="${left + gap}" y="${top + 31 + index * lineHeight}">${escaped(line)}</text>`,
    ),
  ].join("\n");
}

function linesOf(question: string, width: number): string[] {
  return wrapped(question, Math.floor((width - 2 * gap) / letterWidth));
}

function wrapped(text: string, length: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < length) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

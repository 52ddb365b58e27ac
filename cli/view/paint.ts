import { styleText } from "node:util";

/** How a text is meant, for a terminal that shows colour. */
export type Tone = "good" | "bad" | "warn" | "dim" | "strong";

/** Colours a text, or leaves it as it is. */
export type Paint = (tone: Tone, text: string) => string;

const formats = { good: "green", bad: "red", warn: "yellow", dim: "dim", strong: "bold" } as const;

/** Texts as they are. */
export const plain: Paint = (_, text) => text;

/** @param isColored whether whoever reads it sees colour */
export function painter(isColored: boolean): Paint {
  return isColored ? (tone, text) => styleText(formats[tone], text, { validateStream: false }) : plain;
}

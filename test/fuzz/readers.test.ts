import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Item } from "../../shared/state/table.ts";
import { isUnreadable } from "../../shared/state/unreadable-item.ts";
import { isChosen, runs } from "../support/runs.ts";
import { readerOf, storedItems } from "./item-readers.ts";
import { canary, type Reader, readers } from "./readers.ts";
import { nested, pieces, spoilt, spoiltText } from "./spoilt-document.ts";

/** What is told of an input: what was found wrong with it, or what was read, as it would be logged. */
async function told({ read, isRefusal }: Pick<Reader, "read" | "isRefusal">, input: unknown): Promise<string> {
  try {
    return inspect(await read(input as never), { depth: 20, maxStringLength: 100_000 });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return inspect(error, { depth: 20, maxStringLength: 100_000 });
  }
}

const inForm = (form: Reader["form"], value: unknown) => (form === "text" ? (JSON.stringify(value) ?? "") : value);

describe.each(Object.entries(readers))("whoever reads %s", (_name, reader) => {
  const { documents, form, longest } = reader;

  test("takes what is right, and refuses what is spoilt by its own error, without a secret's value", async () => {
    for (const document of documents) await told(reader, inForm(form, document));
    await fc.assert(
      fc.asyncProperty(spoilt(documents), async (value) => {
        expect(await told(reader, inForm(form, value))).not.toContain(canary);
      }),
      { numRuns: runs(12) },
    );
  });

  test.runIf(form === "text")("does so with any text", async () => {
    const texts = fc.constantFrom(...documents.map((document) => JSON.stringify(document)));
    await fc.assert(
      fc.asyncProperty(fc.oneof(spoiltText(texts), fc.string({ unit: "binary" })), async (text) => {
        expect(await told(reader, text)).not.toContain(canary);
      }),
      { numRuns: runs(12) },
    );
  });

  test("takes time in proportion to it, whatever is repeated", async () => {
    const tried = form === "text" ? pieces.filter((_, index) => isChosen(index, 5, longest)) : [" ", "/", "1/", "a."];
    for (const piece of tried) {
      const cpu = process.threadCpuUsage();
      await told(reader, piece.repeat(longest / piece.length)).catch((error: unknown) => {
        throw new Error(`${JSON.stringify(piece)} repeated`, { cause: error });
      });
      const { user } = process.threadCpuUsage(cpu);
      expect(user / 1_000, `milliseconds for ${JSON.stringify(piece)} repeated`).toBeLessThan(2_000);
    }
    const depth = longest / 2;
    await told(reader, form === "text" ? "[".repeat(depth) + "]".repeat(depth) : nested(700));
  });
});

describe.each(storedItems.map((item) => [`${item.pk} ${item.sk}`, item] as const))("whoever reads %s", (_key, item) => {
  const read = readerOf(item);

  test.runIf(read)("takes it, and says which item is spoilt, and nothing of what is in it", async () => {
    const reader = { read: read as Reader["read"], isRefusal: isUnreadable };
    expect(await told(reader, item)).not.toContain("ITEM_UNREADABLE");
    const { pk, sk, version, ...attributes } = item;
    await fc.assert(
      fc.asyncProperty(spoilt([attributes]), async (spoilt) => {
        // A table's item is always an object, and has its key.
        const stored = typeof spoilt === "object" && spoilt !== null && !Array.isArray(spoilt) ? spoilt : { spoilt };
        const words = await told(reader, { ...stored, pk, sk, version } as Item);
        expect(words).not.toContain("canary");
        if (words.includes("ITEM_UNREADABLE")) expect(words).toContain(inspect(sk).slice(1, -1));
      }),
      { numRuns: runs(12) },
    );
  });
});

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";

// What the package exports is what people read first, in their editor.
const entries = ["index", "contract", "client", "dynamodb", "simulator"].map((name) => `package/${name}.ts`);

interface Export {
  name: string;
  file: string;
}

/** Every name that an entry exports, and the file that declares it. */
function exportsOf(entry: string): Export[] {
  const text = readFileSync(entry, "utf8");
  const imported = new Map<string, string>();
  const named = (list: string) =>
    list.split(",").flatMap(
      (one) =>
        one
          .trim()
          .replace(/^type /, "")
          .split(" as ")[0]
          ?.trim() || [],
    );
  for (const [, list = "", from = ""] of text.matchAll(/import (?:type )?\{([^}]*)\} from "([^"]+)"/g)) {
    for (const name of named(list)) imported.set(name, from);
  }
  const found: Export[] = [];
  for (const [, list = "", from] of text.matchAll(/export (?:type )?\{([^}]*)\}(?: from "([^"]+)")?/g)) {
    for (const name of named(list)) found.push({ name, file: from ?? imported.get(name) ?? entry });
  }
  for (const [, name = ""] of text.matchAll(/^export (?:async )?(?:class|function|interface|type|const) (\w+)/gm)) {
    found.push({ name, file: entry });
  }
  return found.map(({ name, file }) => ({ name, file: file.startsWith(".") ? join(dirname(entry), file) : file }));
}

describe.each(entries)("%s", (entry) => {
  const all = exportsOf(entry);

  test("exports something", () => expect(all.length).toBeGreaterThan(0));

  test.each(all)("$name has a docstring", ({ name, file }) => {
    const declared = new RegExp(
      `\\*/\\nexport (?:declare )?(?:abstract )?(?:async )?(?:class|function|interface|type|const) ${name}\\b`,
    );
    expect(readFileSync(file, "utf8")).toMatch(declared);
  });
});

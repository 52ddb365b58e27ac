import { expect, test } from "vitest";
import { pageOf } from "../../package/reference/page.ts";

const plain = { docs: "", tags: [], members: [], inherits: [] };

test("a page has a section for each export: words, how it is made, members with types and defaults", () => {
  const page = pageOf({
    specifier: "theirs/client",
    exports: [
      {
        ...plain,
        name: "Door",
        kind: "class",
        signature: "new Door(props: DoorProps)",
        docs: "Opens and shuts; see {@link open}.",
        tags: [{ name: "throws", text: "{Error} where it is locked." }],
        members: [
          {
            path: "open",
            type: "(wide: boolean): void",
            isOptional: false,
            isMethod: true,
            docs: "Opens.",
            tags: [{ name: "param", text: "wide - as far as it goes" }],
          },
          {
            path: "colour",
            type: '"red" | "blue"',
            isOptional: true,
            isMethod: false,
            docs: "",
            tags: [{ name: "default", text: '"red"' }],
          },
        ],
        inherits: ["Construct"],
      },
    ],
  });
  expect(page).toBe(`# \`theirs/client\`

Made of the docstrings by \`npm run reference\`; what each is for is in [package.md](../package.md).

## Door

*class*. Opens and shuts; see \`open\`.

\`\`\`ts
new Door(props: DoorProps)
\`\`\`

Throws \`Error\` where it is locked.

| | type | |
| --- | --- | --- |
| \`open(wide: boolean): void\` |  | Opens. \`wide\`: as far as it goes. |
| \`colour?\` | \`"red" \\| "blue"\` | Default: "red". |

And what it has of \`Construct\`.`);
});

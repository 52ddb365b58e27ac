import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { pictures } from "../../.dependency-cruiser.js";
import { type Area, architecturePicture } from "./architecture-picture.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const [, page = ""] = readFileSync(join(root, "docs/architecture.md"), "utf8").split("## Every folder in one line");

/** The question of each folder, from the page's last table; `…/plan` belongs to the folder above it. */
const questions = new Map<string, string>();
let above = "";
for (const [, folder = "", question = ""] of page.matchAll(/^\| `([^`]+)` \| (.+) \|$/gm)) {
  if (!folder.startsWith("…/")) above = folder;
  questions.set(folder.replace("…", above), question);
}

/** Folders that hold code; what is nested deeper than the page goes belongs to the folder that it names. */
const folders = new Set(globSync("{functions,shared}/**/*.ts", { cwd: root }).map((file) => dirname(file)));

test("every folder has its line on the page, and every line its folder", () => {
  const deeper = [
    "shared/contract/credentials",
    "shared/contract/door",
    "shared/contract/fields",
    "shared/records/account",
    "shared/records/credential",
  ];
  const listed = [...questions.keys()].filter((folder) => /^(functions|shared)\//.test(folder));
  expect([...listed].sort()).toEqual([...folders].filter((folder) => !deeper.includes(folder)).sort());
});

/** The rooms of an area as `npm run check` knows them. Files beside the rooms are not drawn. */
function areaOf(path: string, title: string): Area {
  const rows = (pictures[path] ?? "")
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .map((names) =>
      names.flatMap((name) => {
        const question = questions.get(`${path}/${name}`);
        return question === undefined ? [] : [{ name, question }];
      }),
    )
    .filter((row) => row.length > 0);
  return { title, question: questions.get(path) ?? "What do all of them stand on?", rows };
}

test("the picture shows the rooms that the check knows", async () => {
  const functions = [
    areaOf("functions/provision-services", "provision-services"),
    areaOf("functions/fail-over-services", "fail-over-services"),
    areaOf("functions/rotate-credentials", "rotate-credentials"),
  ];
  const shared = areaOf("shared", "shared");
  const ringcx = areaOf("shared/ringcx", "ringcx").rows;
  const place = (pictures.shared ?? "").trim().split(/\n\s*/).indexOf("ringcx");
  const rows = [...shared.rows.slice(0, place), ...ringcx.map(inRingcx), ...shared.rows.slice(place)];
  await expect(architecturePicture(functions, { ...shared, rows })).toMatchFileSnapshot("../../docs/architecture.svg");
});

const inRingcx = (row: Area["rows"][number]) => row.map(({ name, question }) => ({ name: `ringcx/${name}`, question }));

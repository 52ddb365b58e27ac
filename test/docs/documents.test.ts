import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { deadLinks, linksOf, targetOf } from "./links.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const exclude = (path: string) => /(^|\/)(node_modules|cdk\.out|\.git|\.venv)$/.test(path);
const documents = globSync("**/*.md", { cwd: root, exclude });
const sources = globSync("{functions,shared,infra,cli,examples,test}/**/*.{ts,md}", { cwd: root, exclude });
const read = (path: string) => readFileSync(join(root, path), "utf8");

/** As GitHub makes an anchor of a heading. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");

function anchorsOf(path: string): Set<string> {
  const text = read(path);
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => anchorOf(heading));
  return new Set([...headings, ...[...text.matchAll(/<a id="([^"]+)"/g)].map(([, id = ""]) => id)]);
}

test("there are documents and sources to look at", () => {
  expect(documents.length).toBeGreaterThan(10);
  expect(sources.length).toBeGreaterThan(300);
});

test.each(documents)("every link of %s leads somewhere", (path) => {
  const broken = linksOf(read(path)).filter((link) => {
    const { file, anchor } = targetOf(path, link);
    if (!existsSync(join(root, file))) return true;
    return anchor !== undefined && !anchorsOf(file).has(anchor);
  });
  expect(broken).toEqual([]);
});

test("no link of the package's documents leads out of it", () => {
  // As npm reads it, but for what the build writes: patterns, folders with all that is in them, and what is taken out again.
  const { files } = JSON.parse(read("package.json")) as { files: string[] };
  const filesOf = (pattern: string) => [
    ...globSync(pattern, { cwd: root }),
    ...globSync(`${pattern}/**/*`, { cwd: root, exclude }),
  ];
  const [without, within] = [true, false].map((out) =>
    files.filter((one) => one.startsWith("!") === out).flatMap((one) => filesOf(one.replace("!", ""))),
  ) as [string[], string[]];
  const packed = ["README.md", ...within.filter((path) => !without.includes(path) && !path.startsWith("dist"))];
  expect(packed.length).toBeGreaterThan(50);
  expect(deadLinks(packed, read)).toEqual([]);
});

test.each(documents)("every file that %s names is there", (path) => {
  const names = [...read(path).matchAll(/`((?:functions|shared|infra|test|examples|docs)\/[\w./-]+)`/g)].map(
    ([, name = ""]) => name,
  );
  expect(names.filter((name) => !existsSync(join(root, name)))).toEqual([]);
});

test("every test that SECURITY.md names is there, by its file and by its name", () => {
  const text = read("SECURITY.md");
  const files = [...text.matchAll(/`([\w./-]+\.test\.ts)`/g)].map(([, name = ""]) => name);
  const isThere = (name: string) => sources.some((path) => path === name || path.endsWith(`/${name}`));
  expect(files.filter((name) => !isThere(name))).toEqual([]);
  const named = [...text.matchAll(/`(test\/[\w./-]+)` › "([^"]+)"/g)];
  expect(named.length).toBeGreaterThan(8);
  expect(named.filter(([, file = "", name = ""]) => !read(file).includes(name)).map(([all]) => all)).toEqual([]);
});

describe("words that a newcomer would have to be told", () => {
  // Each has a standard term in its place; the glossary of docs/architecture.md has those that are the project's own.
  // Hyphenated, so that a search for them does not find this list.
  const retired =
    "wit-ness de-sk vau-lt led-ger under-taking spa-red un-told glim-pse fore-tell most-Failures enough-Ms"
      .replaceAll("-", "")
      .split(" ");
  const word = new RegExp(`\\b(${retired.join("|")})\\b`, "i");

  test.each(["code and tests", "documents"])("are not in %s", (kind) => {
    const paths = kind === "documents" ? documents : sources;
    const found = paths.flatMap((path) =>
      read(path)
        .split("\n")
        .flatMap((line, index) => (word.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
    );
    // The names of stored attributes stay, as does a product's header; decisions and the changelog tell of their time.
    const allowed =
      /^((test\/)?shared\/records\/|docs\/decisions\/|CHANGELOG|test\/shared\/contract\/fields\/credential-detection)/;
    expect(found.filter((line) => !allowed.test(line))).toEqual([]);
  });
});

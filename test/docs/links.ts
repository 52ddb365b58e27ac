import { dirname, join } from "node:path";

/** Links of a Markdown text as they stand there, to files or places of files. */
export function linksOf(text: string): string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = ""]) =>
    /^(https?:|mailto:)/.test(link) ? [] : [link],
  );
}

/** The file that a link in a document leads to, from the root, and the place in it. */
export function targetOf(document: string, link: string): { file: string; anchor: string | undefined } {
  const [file = "", anchor] = link.split("#");
  return { file: file === "" ? document : join(dirname(document), file), anchor };
}

/** Too large to be installed with every copy. */
const leftOut = ["docs/console.png"];

/** Links that lead to no file among those of the package, as `document: link`. @param read the text of a document */
export function deadLinks(paths: readonly string[], read: (path: string) => string): string[] {
  const there = new Set(
    paths.flatMap((path) => path.split("/").map((_, at, parts) => parts.slice(0, at + 1).join("/"))),
  );
  const documents = paths.filter((path) => path.endsWith(".md"));
  return documents.flatMap((document) =>
    linksOf(read(document))
      .filter((link) => {
        const file = targetOf(document, link).file.replace(/\/$/, "");
        return !there.has(file) && !leftOut.includes(file);
      })
      .map((link) => `${document}: ${link}`),
  );
}

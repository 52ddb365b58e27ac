import type { Entry, Exported, Member, Tag } from "./api.ts";

/** The page of an entry, in Markdown. */
export function pageOf({ specifier, exports }: Entry): string {
  return [
    `# \`${specifier}\``,
    "Made of the docstrings by `npm run reference`; what each is for is in [package.md](../package.md).",
    ...exports.map(sectionOf),
  ].join("\n\n");
}

function sectionOf({ name, kind, signature, definition, docs, tags, members, inherits }: Exported): string {
  const code = signature ?? (definition === undefined ? undefined : `type ${name} = ${definition}`);
  const own = members.filter(({ path }) => path !== "");
  return [
    `## ${name}`,
    `*${kind}*${docs === "" ? "" : `. ${linked(docs)}`}`,
    code === undefined ? "" : `\`\`\`ts\n${code}\n\`\`\``,
    ...tags.map(tagLine),
    own.length === 0 ? "" : tableOf(own),
    inherits.length === 0 ? "" : `And what it has of ${inherits.map((one) => `\`${one}\``).join(", ")}.`,
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function tableOf(members: readonly Member[]): string {
  const rows = members.map(({ path, type, isOptional, isMethod, docs, tags }) => {
    const name = isMethod ? `${path}${type}` : `${path}${isOptional ? "?" : ""}`;
    const shown = isMethod || type === "" ? "" : cellCode(type);
    return `| ${cellCode(name)} | ${shown} | ${cell([linked(docs), ...tags.map(tagLine)].filter(Boolean).join(" "))} |`;
  });
  return ["| | type | |", "| --- | --- | --- |", ...rows].join("\n");
}

/** A tag as a sentence. */
function tagLine({ name, text }: Tag): string {
  const [, first = "", rest = ""] = /^(\S+)\s*(?:-\s*)?([\s\S]*)$/.exec(text) ?? [];
  switch (name) {
    case "default":
      return `Default: ${plain(text)}.`;
    case "param":
      return `\`${first}\`: ${plain(rest)}.`;
    case "returns":
      return `Returns ${plain(text)}.`;
    case "throws":
      return `Throws ${plain(text.replace(/^\{(\w+)\}/, "`$1`"))}.`;
    default:
      return "";
  }
}

function plain(text: string): string {
  return linked(text.replaceAll(/\s+/g, " ")).replace(/\.$/, "");
}

/** `{@link grantProvision}` as a name. */
function linked(text: string): string {
  return text.replaceAll(/\{@link (\w+)\}/g, "`$1`");
}

function cell(text: string): string {
  return text.replaceAll(/\s+/g, " ").replaceAll("|", "\\|");
}

function cellCode(text: string): string {
  return `\`${text.replaceAll("|", "\\|")}\``;
}

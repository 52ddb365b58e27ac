import { SyntaxKind } from "typescript/unstable/ast";
import {
  API,
  type Checker,
  type JSDocTagInfo,
  type Symbol as Named,
  NodeBuilderFlags,
  type Project,
  SignatureKind,
  SymbolFlags,
  type Type,
  TypeFlags,
} from "typescript/unstable/sync";
import type { Entry, Exported, Member, Tag } from "./api.ts";

/** So deep are objects within objects opened. */
const deepest = 4;
/** A type that is longer says nothing to people. */
const longestType = 160;

/**
 * What the entries of the package export, with their docstrings, as the compiler sees them: settings that a schema
 * infers have their fields, with the words that stand in the schema.
 *
 * @param config the package's tsconfig
 * @param entries source file of each entry by its specifier
 */
export function readApi(config: string, entries: Readonly<Record<string, string>>): Entry[] {
  const api = new API({ cwd: process.cwd() });
  try {
    const [project] = api.updateSnapshot({ openProjects: [config] }).getProjects();
    if (!project) throw new Error(`${config} is no project`);
    return Object.entries(entries).map(([specifier, file]) => new Reader(project, file).entry(specifier));
  } finally {
    api.close();
  }
}

class Reader {
  readonly #checker: Checker;
  readonly #exports: readonly Named[];

  constructor(project: Project, file: string) {
    this.#checker = project.checker;
    const source = project.program.getSourceFile(file);
    const module = source && this.#checker.getSymbolAtLocation(source);
    if (!module) throw new Error(`${file} is no module of the package`);
    this.#exports = this.#checker.getExportsOfModule(module);
  }

  entry(specifier: string): Entry {
    const exports = this.#exports.map((named) => this.#exported(named.name, this.#meant(named)));
    return { specifier, exports: exports.sort((a, b) => (a.name < b.name ? -1 : 1)) };
  }

  #meant(named: Named): Named {
    return named.flags & SymbolFlags.Alias ? this.#checker.getAliasedSymbol(named) : named;
  }

  #exported(name: string, meant: Named): Exported {
    const words = { name, ...this.#words(meant), members: [], inherits: [] };
    if (meant.flags & SymbolFlags.Class) return { ...words, kind: "class", ...this.#classOf(name, meant) };
    if (meant.flags & (SymbolFlags.Interface | SymbolFlags.TypeAlias)) {
      const type = this.#checker.getDeclaredTypeOfSymbol(meant);
      const kind = meant.flags & SymbolFlags.Interface ? "interface" : "type";
      const members = this.#members(type, "", 0);
      if (members.length === 0) return { ...words, kind, definition: this.#text(type, NodeBuilderFlags.InTypeAlias) };
      return { ...words, kind, members, inherits: this.#foreign(type) };
    }
    const type = this.#checker.getTypeOfSymbol(meant);
    const [call] = type ? this.#checker.getSignaturesOfType(type, SignatureKind.Call) : [];
    if (type && call) return { ...words, kind: "function", signature: `${name}${methodText(this.#text(type))}` };
    return { ...words, kind: "value", ...(type && { definition: this.#text(type) }) };
  }

  #classOf(name: string, meant: Named): Pick<Exported, "members" | "inherits"> & { signature?: string } {
    const type = this.#checker.getDeclaredTypeOfSymbol(meant);
    const of = this.#checker.getTypeOfSymbol(meant);
    const [made] = of ? this.#checker.getSignaturesOfType(of, SignatureKind.Construct) : [];
    const parameters = made?.getParameters().map((one) => {
      const own = this.#checker.getTypeOfSymbol(one);
      return `${one.name.replace(/^__\d+$/, "props")}: ${own ? this.#text(own) : "unknown"}`;
    });
    return {
      members: [...(of ? this.#members(of, `${name}.`, deepest) : []), ...this.#members(type, "", deepest)],
      inherits: this.#foreign(type),
      ...(parameters && { signature: `new ${name}(${parameters.join(", ")})` }),
    };
  }

  #members(type: Type, path: string, depth: number): Member[] {
    const all = this.#checker.getPropertiesOfType(type).filter((one) => isOurs(one) && !isHidden(one));
    return all.flatMap((one) => {
      const own = this.#checker.getTypeOfSymbol(one);
      if (!own) return [];
      const plain = this.#checker.getNonNullableType(own) ?? own;
      const isMethod = this.#checker.getSignaturesOfType(plain, SignatureKind.Call).length > 0;
      const inner = depth < deepest && !isMethod ? this.#opened(plain, `${path}${one.name}`, depth) : [];
      const text = inner.length > 0 ? "" : this.#text(plain);
      const member: Member = {
        path: `${path}${one.name}`,
        type: isMethod ? methodText(text) : text,
        isOptional: (one.flags & SymbolFlags.Optional) !== 0,
        isMethod,
        ...this.#words(one),
      };
      return [member, ...inner];
    });
  }

  /** What is in an object of ours that has no name of its own among the exports. */
  #opened(type: Type, path: string, depth: number): Member[] {
    if (this.#checker.isArrayType(type)) {
      const [item] = this.#checker.getTypeArguments(type as Parameters<Checker["getTypeArguments"]>[0]);
      return item ? this.#opened(item, `${path}[]`, depth) : [];
    }
    if (!(type.flags & TypeFlags.Object) || this.#isExported(type)) return [];
    return this.#members(type, `${path}.`, depth + 1);
  }

  #isExported(type: Type): boolean {
    const text = this.#text(type);
    return this.#exports.some(({ name }) => name === text);
  }

  /** Names of types that bring members of their own, and are not ours. */
  #foreign(type: Type): string[] {
    const bases = this.#checker.getPropertiesOfType(type).filter((one) => !isOurs(one) && !isHidden(one));
    const names = bases.map((one) => one.getParent()?.name ?? "").filter((name) => /^[A-Z]/.test(name));
    return [...new Set(names)].sort();
  }

  #words(named: Named): { docs: string; tags: Tag[] } {
    const tags = this.#checker.getJsDocTagsOfSymbol(named);
    return {
      docs: this.#checker.getDocumentationCommentOfSymbol(named).trim(),
      tags: tags.map(({ name, text = "" }: JSDocTagInfo) => ({ name, text: text.trim() })),
    };
  }

  #text(type: Type, more = 0): string {
    const flags = NodeBuilderFlags.NoTruncation | NodeBuilderFlags.UseAliasDefinedOutsideCurrentScope | more;
    const text = this.#checker.typeToString(type, undefined, flags).replaceAll(/import\("[^"]*"\)\./g, "");
    return text.length > longestType ? shortened(text) : text;
  }
}

/** `(a: A) => B` as a method has it: `(a: A): B`. */
function methodText(text: string): string {
  let depth = 0;
  for (const [at, sign] of [...text].entries()) {
    if (sign === "(") depth += 1;
    if (sign === ")") depth -= 1;
    if (depth === 0 && at > 0 && sign === ")") return `${text.slice(0, at + 1)}:${text.slice(at + 4)}`;
  }
  return text;
}

/** With its objects closed, from the innermost, until it is short enough. */
function shortened(text: string): string {
  let closed = text;
  for (let before = ""; closed.length > longestType && closed !== before; ) {
    before = closed;
    closed = closed.replaceAll(/\{[^{}]*\}/g, "⟨⟩");
  }
  return closed.replaceAll("⟨⟩", "{…}").replaceAll(/(\{…\})( \| \1)+/g, "$1");
}

function isOurs(named: Named): boolean {
  return named.declarations.length > 0 && named.declarations.every(({ path }) => !path.includes("/node_modules/"));
}

/** A private or protected one is not for those who use it. */
function isHidden(named: Named): boolean {
  if (/^(#|__)/.test(named.name) || named.name === "prototype") return true;
  const [declared] = named.declarations;
  const { modifiers } = (declared?.resolve() ?? {}) as { modifiers?: Iterable<{ kind: SyntaxKind }> };
  return [...(modifiers ?? [])].some(({ kind }) => kind === SyntaxKind.ProtectedKeyword);
}

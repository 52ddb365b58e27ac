import { isRawNumber } from "../../primitives/exact-json.ts";
import { type JsonPath, scanJson } from "../../primitives/json-scan.ts";
import { looksRandom } from "../../primitives/looks-random.ts";
import { type NamedValue, namedValuesIn } from "../fields/named-values.ts";
import { isWithoutValue, placeholdersIn } from "../fields/placeholders.ts";
import { assignedValuesIn } from "./assigned-values.ts";
import { type CredentialName, credentialName } from "./credential-names.ts";
import { credentialShape } from "./credential-shapes.ts";
import { JsonMembers, jsonWithDoubles } from "./json-with-doubles.ts";
import { undisguised } from "./undisguised.ts";

/** Something in a message that looks like a credential. Nothing of its value is in here. */
export interface SuspectedCredential {
  /** Where it stands. A name that is itself a credential is replaced by {@link hiddenName}. */
  path: JsonPath;
  /** What gives it away, in words: `its name says so`, `it has the form of a JWT`. */
  because: string;
}

/** What stands in a path in the place of a name that must not be shown. */
export const hiddenName = "(a name that is not shown)";

/** Most that are told; whoever has put in fifty knows where they are. */
const most = 50;

/** How far JSON within a text within JSON is followed, and how deep it may be nested. */
const deepestText = 8;
const deepestJson = 32;

/** Fields of a pair, as in `{ "name": "Authorization", "value": "…" }`. */
const pairNames = ["name", "key", "header", "headerName", "field", "parameter", "param"];
/** Fields that hold the value of what the object's own name says, as in `"password": { "value": "…" }`. */
const pairValues = [
  "value",
  "values",
  "val",
  "text",
  "content",
  "const",
  "default",
  "defaultValue",
  "example",
  "#text",
];

/**
 * Every credential in a JSON value, by the names of fields, headers, query parameters, inputs and XML elements (see
 * {@link credentialName}) and by its form (see {@link credentialShape}), also within texts: URLs with user name, query,
 * fragment and path parameters, forms, JSON and XML. Empty values and placeholders are none. Takes time linear in the
 * value, which must not be nested deeper than the stack allows ({@link scanJson} tells before it is parsed).
 */
export function suspectedCredentials(value: unknown): SuspectedCredential[] {
  const found: SuspectedCredential[] = [];
  visit(value, { path: [], name: "", level: 0 }, found);
  return found.slice(0, most);
}

/**
 * Whether a message's text holds a credential, whatever the text is: JSON, cut off, nested too deep, in another envelope.
 * One that does must not be kept where others read it.
 */
export function holdsCredential(text: string): boolean {
  return suspectedCredentials(text).length > 0;
}

interface Place {
  path: JsonPath;
  /** The name that the value stands under; empty where it has none. */
  name: string;
  /** How many texts it lies within. */
  level: number;
}

function visit(value: unknown, place: Place, found: SuspectedCredential[]): void {
  if (found.length >= most) return;
  const { path, name } = place;
  if (typeof value === "string") {
    const because = reason(value, place);
    if (because !== undefined) found.push({ path, because });
  } else if (typeof value === "number" || isRawNumber(value)) {
    if (credentialName(name) === "always" && !name.toLowerCase().endsWith("s")) found.push({ path, because: byName });
  } else if (Array.isArray(value)) {
    const [first] = value;
    // [["X-Api-Key", "…"]]: the first names the second.
    const isPair = value.length === 2 && typeof first === "string" && typeof path.at(-1) === "number";
    for (const [index, entry] of value.entries()) {
      const entryName = isPair && index === 1 ? first : typeof entry === "object" ? "" : name;
      visit(entry, { ...place, path: [...path, index], name: entryName }, found);
    }
  } else if (value instanceof JsonMembers) {
    visitMembers(value.entries, place, found);
  } else if (typeof value === "object" && value !== null) {
    visitMembers(Object.entries(value), place, found);
  }
}

function visitMembers(members: JsonMembers["entries"], place: Place, found: SuspectedCredential[]): void {
  const textsOf = (field: string) =>
    members.flatMap(([name, value]) => (name === field && typeof value === "string" ? [value] : []));
  // Of a doubled name the one that says most.
  const names = pairNames.map(textsOf).find((texts) => texts.length > 0) ?? [];
  const named = names.find((name) => credentialName(name) === "always") ?? names[0];
  if (textsOf("kty").length > 0 && [...textsOf("d"), ...textsOf("k")].some((text) => text !== "")) {
    found.push({ path: place.path, because: "it has the form of a private JSON Web Key" });
  }
  for (const [name, field] of members) {
    const because = reason(name, { path: place.path, name: "", level: place.level });
    const path = [...place.path, because === undefined ? name : hiddenName];
    if (because !== undefined) found.push({ path, because: `a name in it is one or holds one: ${because}` });
    const isValue = pairValues.includes(name);
    visit(field, { ...place, path, name: isValue ? (named ?? place.name) : name }, found);
  }
}

/** Whether the name of a field is a credential or holds one, so that it must not be shown. */
export function isCredentialAsName(name: string): boolean {
  return reason(name, { path: [], name: "", level: 0 }) !== undefined;
}

const byName = "its name says so";

/** What every text has that holds a value with a name, or JSON. */
const holdsPart = /[=:<@[{]/;

/** Why a text under a name is a credential, or holds one. */
function reason(text: string, { name, path, level }: Place): string | undefined {
  if (isNamedCredential(name, text)) return byName;
  const shape = credentialShape(text);
  if (shape !== undefined) return `it has the form of ${shape}`;
  if (level >= deepestText) return undefined;
  const plain = undisguised(text);
  if (plain !== undefined && reason(plain, { name, path, level: level + 1 }) !== undefined) {
    return "what is encoded in it is one or holds one";
  }
  if (!holdsPart.test(text)) return undefined;
  const inner = jsonIn(text);
  if (inner !== undefined) {
    const found: SuspectedCredential[] = [];
    visit(inner, { path, name: "", level: level + 1 }, found);
    return found[0] && "the JSON in it holds one";
  }
  for (const part of [...namedValuesIn(text, name), ...assignedValuesIn(text), ...brokenJsonIn(text)]) {
    if (part.isUserinfo) return part.what;
    if (part.name !== name && reason(part.name, { path, name: "", level: level + 1 }) !== undefined) {
      return "a name in it is a credential or holds one";
    }
    const because = reason(part.value, { path, name: part.name, level: level + 1 });
    if (because !== undefined) return `${part.what.replace(/ of$/, "")}${toldName(part.name)} in it: ${because}`;
  }
  return undefined;
}

function isNamedCredential(name: string, text: string): boolean {
  const kind: CredentialName = name === "" ? undefined : credentialName(name);
  if (kind === undefined || isHarmlessValue(name, text)) return false;
  return kind === "always" || isRandomKey(text);
}

/** Values that are none under names of credentials: placeholders, the name of a scheme, a switch. */
function isHarmlessValue(name: string, text: string): boolean {
  if (isWithoutValue(text)) return !placeholdersIn(text).some((one) => credentialShape(one) !== undefined);
  if (/authorization$/i.test(name)) return /^(none|basic|bearer|digest|negotiate|oauth2?)$/i.test(text.trim());
  if (/credentials$/i.test(name)) return /^(include|omit|same-origin)$/.test(text);
  return /^x-atlassian-token$/i.test(name) && /^no-?check$/.test(text);
}

function isRandomKey(text: string): boolean {
  return (
    text.length >= 16 &&
    /^[\w.~+/=%:-]+$/.test(text) &&
    looksRandom(text) &&
    !/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text)
  );
}

const beginsAsJson = /^\s*[[{]/;

/** The JSON in a text, with every value of a name that an object has several times; `undefined` where it has none. */
function jsonIn(text: string): unknown {
  if (!beginsAsJson.test(text)) return undefined;
  let hasDoubles = false;
  const onMember = (_name: string, isDoubled: boolean) => {
    hasDoubles ||= isDoubled;
  };
  if (scanJson(text, { deepest: deepestJson, onMember }) > deepestJson) return undefined;
  try {
    const value = JSON.parse(text) as unknown;
    return hasDoubles ? jsonWithDoubles(text) : value;
  } catch {
    return undefined;
  }
}

/** Names and texts of what begins as JSON and cannot be parsed: it is cut off, has gaps, or is too deep. */
function brokenJsonIn(text: string): NamedValue[] {
  if (!beginsAsJson.test(text)) return [];
  const values: NamedValue[] = [];
  let name = "";
  scanJson(text, {
    deepest: Number.POSITIVE_INFINITY,
    onMember: (member) => {
      values.push({ name: member, value: "", what: "the field" });
      name = member;
    },
    onText: (value) => {
      values.push({ name, value, what: "the field" });
      name = "";
    },
  });
  return values;
}

/** The name of a part of a text, where it is like a name. */
function toldName(name: string): string {
  return /^[\w.:-]{1,40}$/.test(name) && credentialShape(name) === undefined && !looksRandom(name) ? ` "${name}"` : "";
}

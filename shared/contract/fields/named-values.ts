/** A value with a name within a text. */
export interface NamedValue {
  name: string;
  value: string;
  /** What it is, in words: `the query parameter`. */
  what: string;
  /** A user name or password before a URL's host: what it is called says nothing. */
  isUserinfo?: true;
}

/**
 * The named values in a text that is a URL (user name, path parameters, query, fragment), a form, a connection string, a
 * list of headers, XML, or JSON with gaps. None in prose: "password=abc was wrong" is not looked at. Linear in the text.
 *
 * @param under the name that the text itself stands under
 */
export function namedValuesIn(text: string, under: string): NamedValue[] {
  return [...userinfoIn(text), ...pairsIn(text), ...headersIn(text, under), ...elementsIn(text), ...membersIn(text)];
}

function userinfoIn(text: string): NamedValue[] {
  const [, value] = /(?:^|[^\w+.-])(?:[a-z][a-z0-9+.-]{0,30}:|^)[\\/]{2}([^\s\\/?#]{1,1000})@/i.exec(text) ?? [];
  // What has no two slashes may be a URL all the same: https:user:password@host.
  const url = value === undefined && /^\s*(?:https?|wss?|ftp):/i.test(text) ? URL.parse(text) : undefined;
  if (value === undefined ? !(url?.username || url?.password) : isTemplate(value)) return [];
  return [{ name: "", value: value ?? "", what: "a user name or password stands before its host", isUserinfo: true }];
}

function isTemplate(userinfo: string): boolean {
  return userinfo.split(":").every((part) => /^(?:\{\{[\w .-]{1,60}\}\}|[$#]?\{[\w .-]{1,60}\})?$/.test(decoded(part)));
}

/** `a=1&b=2`, `https://host/path;c=3?a=1#b=2`, `Server=x;Password=y`. */
function pairsIn(text: string): NamedValue[] {
  if (!text.includes("=")) return [];
  const parts = text.split(/[?#&;\n]/);
  // With blanks in it, it is prose unless all of it is pairs.
  const isProse =
    /\s/.test(text) && (parts.length < 2 || !parts.every((part) => /^\s*(?:[\w .-]{1,60}=|$)/.test(part)));
  if (isProse) return [];
  const what = /^(?:[a-z][a-z0-9+.-]*:|[/?])/i.test(text) ? "the parameter" : "the value";
  return parts.flatMap((part) => {
    const place = part.indexOf("=");
    return place < 1
      ? []
      : [{ name: decoded(part.slice(0, place)).trim(), value: decoded(part.slice(place + 1)), what }];
  });
}

/** `Name: value` in lines, where the text stands under a name like `headers`. */
function headersIn(text: string, under: string): NamedValue[] {
  if (!/header(s|list)?$/i.test(under)) return [];
  return [...text.matchAll(/^([\w-]{1,100}):[ \t]{0,8}(\S.{0,4000})$/gm)].map(([, name = "", value = ""]) => ({
    name,
    value,
    what: "the header",
  }));
}

function elementsIn(text: string): NamedValue[] {
  if (!/^\s*</.test(text)) return [];
  const plain = text.replaceAll("<![CDATA[", "").replaceAll("]]>", "");
  const elements = [...plain.matchAll(/<([\w:.-]{1,100})(?:\s[^<>]{0,2000})?>([^<]{1,4000})</g)];
  const attributes = [...plain.matchAll(/\s([\w:.-]{1,100})\s{0,5}=\s{0,5}(?:"([^"<]{1,4000})"|'([^'<]{1,4000})')/g)];
  return [
    ...elements.map(([, name = "", value = ""]) => ({ name, value, what: "the element" })),
    ...attributes.map(([, name = "", double, single]) => ({
      name,
      value: double ?? single ?? "",
      what: "the attribute",
    })),
  ];
}

/** Members of what is nearly JSON: its placeholders are not filled in, it is cut off, or too deep to be parsed. */
function membersIn(text: string): NamedValue[] {
  return [...text.matchAll(/"([^"\\]{1,100})"\s{0,20}:\s{0,20}"([^"\\]{1,4000})"/g)].map(
    ([, name = "", value = ""]) => ({
      name,
      value,
      what: "the field",
    }),
  );
}

/** A text without percent-encoding, also where it was encoded twice. */
function decoded(text: string): string {
  let plain = text;
  for (let time = 0; time < 3 && plain.includes("%"); time += 1) {
    try {
      plain = decodeURIComponent(plain);
    } catch {
      return plain;
    }
  }
  return plain;
}

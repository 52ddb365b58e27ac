/** Why a URL is refused, and how to mend it. Neither repeats the URL: it may hold a credential. */
export interface UrlProblem {
  message: string;
  hint: string;
}

/** Longest URL, in characters, as written and in canonical form. */
export const longestUrl = 2_000;

const expected = {
  message: "expected an absolute URL that begins with https:// (or http://)",
  hint: 'write it as in "https://api.example.com/path"',
};

/**
 * The one form of an endpoint's URL that is checked, stored and sent: WHATWG's (url.spec.whatwg.org), so that no two
 * parsers can find different hosts in it. Scheme, host and port must have been written in that form already: what
 * differs there is a disguise or a slip, and either is worth a question. Path and query are brought into it; the
 * braces of templates (`{id}`, `${id}`, `{{id}}`) stay as they were written, because RingCX fills them in. `http` is
 * taken here: whether it may be asked is for the settings to say. Never throws, in time linear in the text.
 */
export function canonicalUrl(text: string): { url: string } | UrlProblem {
  if (text.length > longestUrl) return tooLong;
  const problem = characterProblem(text);
  if (problem) return problem;
  const [start, authority] = /^https?:\/\/([^/?#]+)/.exec(text) ?? [];
  if (start === undefined || authority === undefined) return expected;
  const rest = text.slice(start.length);
  const url = URL.parse(text);
  const refused = authorityProblem(authority, url, text.includes("@")) ?? restProblem(rest);
  if (refused || !url) return refused ?? expected;
  const canonical = withBracesOf(rest, url.href);
  return canonical.length > longestUrl ? tooLong : { url: canonical };
}

const tooLong = {
  message: `expected a URL of at most ${longestUrl} characters`,
  hint: "move long values into the body",
};

// Control, format (bidi, zero width), surrogate, private and unassigned; separators; what fonts show as nothing.
const hidden = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u;

function characterProblem(text: string): UrlProblem | undefined {
  const found = hidden.exec(text);
  if (found) {
    const code = (found[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    return {
      message: `holds a blank, control or invisible character (U+${code}, character ${found.index + 1})`,
      hint: "leave it out, or percent-encode it if the path or query needs it",
    };
  }
  if (!text.includes("\\")) return undefined;
  return { message: "holds a backslash, which browsers read as a slash", hint: "write / or, in a query, %5C" };
}

// Braces and their percent-encoded forms, which a host decodes; `[[` and `<` are other template languages'.
const template = /[{}$<>]|\[\[|\]\]|%(7b|7d|24|3c|3e|5b|5d)/i;

// RFC 1123, 2.1, and the underscore of many internal names. WHATWG would take !, $, * and more.
const label = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?";
const hostForm = new RegExp(`^(?:\\[[0-9a-f:]+\\]|${label}(?:\\.${label})*)$`);

function authorityProblem(authority: string, url: URL | null, mayHoldSecret: boolean): UrlProblem | undefined {
  if (template.test(authority)) {
    return {
      message: "holds a template in its host or port, so that nobody can say where it leads",
      hint: "write the host out; templates may stand in the path and query",
    };
  }
  if (authority.includes("@")) {
    return {
      message: "holds a user name or password, which a message never does",
      hint: "store the credential in Secrets Manager and name it by secretId in an authConfig",
    };
  }
  if (!url) return expected;
  if (authority !== url.host) {
    // A password with a slash or hash in it makes a "host" of the user's name: then nothing is repeated.
    const meant = mayHoldSecret ? "it" : `${url.protocol}//${url.host}`;
    return {
      message: "its host or port is not written in the canonical form (WHATWG)",
      hint: `write ${meant} in lower-case ASCII, international names as xn--, numeric addresses in full, and no default port`,
    };
  }
  if (hostForm.test(url.hostname) && url.hostname.length <= 253) return undefined;
  return {
    message: "its host is not a DNS name or an address",
    hint: "letters, digits and dashes in labels of at most 63, with single dots between them and none at the end",
  };
}

function restProblem(rest: string): UrlProblem | undefined {
  if (rest.includes("#")) {
    return { message: "holds a fragment, which is never sent", hint: "leave out # and what follows, or write %23" };
  }
  if (/%(?![0-9a-f]{2})/i.test(rest)) {
    return { message: "holds a % that encodes nothing", hint: "write %25 for a percent sign" };
  }
  if (/%([01][0-9a-f]|7f)/i.test(rest)) {
    return { message: "holds an encoded control character", hint: "leave out %00 to %1F and %7F" };
  }
  const segments = rest.replace(/\?.*/, "").split("/");
  if (!segments.some((segment) => /^(\.|%2e){1,2}$/i.test(segment))) return undefined;
  return { message: "its path holds . or .. as a segment", hint: "write the path that is meant" };
}

/** The canonical URL with every brace of path and query as it was written (a host has none): WHATWG encodes those of a path. */
function withBracesOf(written: string, canonical: string): string {
  const braces = written.match(/[{}]|%7[bd]/gi) ?? [];
  let next = 0;
  return canonical.replaceAll(/[{}]|%7[bd]/gi, (brace) => braces[next++] ?? brace);
}

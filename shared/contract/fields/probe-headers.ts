/** Why a header may not stand in a service or a validation or carry its credential, and what to do instead. */
export interface HeaderProblem {
  message: string;
  hint: string;
}

interface Refused {
  names: readonly string[];
  /** Of names that go on: `proxy-` is all of Proxy-*. */
  prefixes?: readonly string[];
  why: string;
  hint: string;
}

/**
 * RFC 9110, 7.2 and RFC 9113, 8.3. The others name a host or path to proxies and frameworks that honour them over Host:
 * behind a front that several share they decide whose server it is that gets the request, and the credential with it.
 */
const routing: Refused = {
  names: [
    ...["host", "forwarded", "x-host", "x-original-host", "x-forwarded-host", "x-forwarded-server"],
    ...["x-http-host-override", "x-original-url", "x-rewrite-url"],
  ],
  prefixes: [":"],
  why: "says where the request goes or comes from, which follows from the URL alone",
  hint: "leave it out, and name the host in the URL",
};

/**
 * Headers that are not a sender's to set, in lower case. The connection's are those of RFC 9110, 7.6.1 (hop by hop),
 * RFC 9112, 6 (framing) and RFC 9113, 8.2.2 and 8.3 (HTTP/2), as in the Fetch standard's list of forbidden ones.
 */
const refused: readonly Refused[] = [
  routing,
  { ...routing, names: ["via", "x-real-ip"], prefixes: ["x-forwarded-"] },
  {
    names: ["content-length", "transfer-encoding", "trailer", "te", "connection", "keep-alive", "upgrade", "expect"],
    prefixes: ["proxy-", "http2-", "sec-websocket-"],
    why: "belongs to the connection, which the probe keeps itself",
    hint: "leave it out: it is set as the request needs it",
  },
  {
    // RFC 9110, 12.5.3.
    names: ["accept-encoding"],
    why: "decides how the answer is packed, which the probe asks for and unpacks itself",
    hint: "leave it out",
  },
  {
    names: ["x-http-method", "x-http-method-override", "x-method-override"],
    why: "makes another method of the request's, and a probe must not create or delete data",
    hint: "say the method in validation.method",
  },
  {
    // What AWS (IMDSv2), Google, Azure, Akamai and others ask for before they hand out an instance's credentials.
    names: ["metadata", "metadata-flavor", "metadata-token", "x-metadata-token"],
    prefixes: ["x-aws-ec2-metadata-token", "x-google-metadata-request"],
    why: "is what a cloud's metadata service asks for, and no endpoint",
    hint: "leave it out",
  },
];

/** The names that are refused in a validation, for people; `x-*` is all that begin so. */
export const refusedProbeHeaders: string = inWords(refused);

/** The names that are refused in a service, for people. */
export const refusedServiceHeaders: string = inWords([routing]);

function inWords(rows: readonly Refused[]): string {
  return rows.flatMap(({ names, prefixes = [] }) => [...names, ...prefixes.map((prefix) => `${prefix}*`)]).join(", ");
}

/** What forbids a header's value in `validation.headers`: HTTP carries one byte a character (RFC 9110, 5.5). */
export function probeHeaderValueProblem(value: string): HeaderProblem | undefined {
  const found = [...value].find((character) => (character.codePointAt(0) ?? 0) > 0xff);
  if (found === undefined) return undefined;
  const message = `holds ${JSON.stringify(found)}, which no header can carry: only characters up to U+00FF`;
  return { message, hint: "write it as the endpoint decodes it, percent-encoded for instance" };
}

/**
 * What forbids a header's name in `validation.headers`, or as `validation.credential.name` in a header; nothing if it
 * may stand there. Letter case and `_` for `-` make no difference, because many servers make none (RFC 3875, 4.1.18).
 */
export function probeHeaderProblem(name: string): HeaderProblem | undefined {
  return headerProblem(name, refused);
}

/** What forbids a header's name in what RingCX sends to a service's endpoint: that it decides which host that is. */
export function serviceHeaderProblem(name: string): HeaderProblem | undefined {
  return headerProblem(name, [routing]);
}

function headerProblem(name: string, rows: readonly Refused[]): HeaderProblem | undefined {
  const plain = name.trim().toLowerCase().replaceAll("_", "-");
  const found = rows.find(
    ({ names, prefixes = [] }) => names.includes(plain) || prefixes.some((prefix) => plain.startsWith(prefix)),
  );
  return found && { message: `the header ${JSON.stringify(name)} ${found.why}`, hint: found.hint };
}

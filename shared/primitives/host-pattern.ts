/** True when a URL's host is the one named (see {@link ProbeSettings.allowedHosts}). */
export function matchesHost(url: URL, named: string): boolean {
  const name = named.toLowerCase();
  // Parts of an address are no names: one wildcard would stand for a whole network.
  if (name.startsWith("*.")) {
    return !isAddress(url) && url.host.endsWith(name.slice(1)) && url.host.length > name.length - 1;
  }
  return url.host === name;
}

/**
 * The URL of a text in which every parser finds the same host: it is written as WHATWG's parser reads it, but for case
 * and a default port. Disguises (user names, backslashes, letters of other widths) and templates in the host have none.
 */
export function plainUrl(text: string | undefined): URL | undefined {
  const url = URL.parse(text ?? "");
  const authority = /^https?:\/\/([^/?#]*)/i.exec(text ?? "")?.[1]?.toLowerCase();
  if (!url || authority === undefined || /[{}$]/.test(authority)) return undefined;
  // After another port it makes a text that no URL has.
  const withDefaultPort = `${url.host}${url.protocol === "https:" ? ":443" : ":80"}`;
  return authority === url.host || authority === withDefaultPort ? url : undefined;
}

/** Why a named host can never be one that a URL has, and how to mend it where that is known. */
export interface HostPatternFault {
  message: string;
  mend?: string;
}

/** In words, why a named host can never be one that a URL has, and how to mend it; nothing where it can. */
export function hostPatternProblem(named: string): string | undefined {
  const fault = hostPatternFault(named);
  return fault && [fault.message, ...(fault.mend === undefined ? [] : [fault.mend])].join(": ");
}

/** The same with what to do by itself, for whoever tells that elsewhere. */
export function hostPatternFault(named: string): HostPatternFault | undefined {
  const shown = JSON.stringify(named.slice(0, 100));
  if (named.includes("/")) return { message: shown, mend: "leave out scheme and path" };
  if (/[,;]/.test(named)) return { message: shown, mend: "separate hosts by spaces" };
  const host = named.replace(/^\*\./, "wild.").toLowerCase();
  const url = URL.parse(`https://${host}/`);
  const message = `${shown} is not a host as URLs have it`;
  if (url && isAddress(url) && url.host !== host) {
    const message = `${shown} is read as the IPv4 address ${url.hostname}`;
    return { message, mend: "write the name of the host, or its address with all four parts" };
  }
  if (!url || url.host !== host) {
    return { message, ...(url && !named.includes("*") && { mend: `write ${JSON.stringify(url.host)}` }) };
  }
  if (url.port === "0") return { message: `${shown}: nothing listens on port 0` };
  if (/[*]|\.$/.test(host)) return { message };
  if (isDnsName(url.hostname) || url.hostname.startsWith("[")) return undefined;
  return { message: `${shown} is no name that DNS can have` };
}

/** RFC 1035, 2.3.4: parts of 1 to 63 octets, 253 of all. Letters that hosts have not (`_`) some have in spite of it. */
function isDnsName(hostname: string): boolean {
  return hostname.length <= 253 && hostname.split(".").every((part) => part.length >= 1 && part.length <= 63);
}

function isAddress({ hostname }: URL): boolean {
  // Of IPv6 there is no dot for a wildcard to stand before.
  return /^[\d.]+$/.test(hostname);
}

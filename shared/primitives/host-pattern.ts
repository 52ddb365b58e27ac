/** True when a URL's host is the one named (see {@link ProbeSettings.allowedHosts}). */
export function matchesHost(url: URL, named: string): boolean {
  const name = named.toLowerCase();
  if (name.startsWith("*.")) return url.host.endsWith(name.slice(1)) && url.host.length > name.length - 1;
  return url.host === name;
}

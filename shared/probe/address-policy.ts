import { matchesHost } from "../primitives/host-pattern.ts";
import type { ProbeSettings } from "./probe-settings.ts";

/** Why the settings do not let a URL be asked, before anything is resolved; `undefined` when they do. */
export function urlBlocker(url: URL, { allowedHosts, allowHttp }: ProbeSettings): string | undefined {
  if (url.protocol !== "https:" && !(allowHttp && url.protocol === "http:")) {
    return `${url.protocol}//${url.host} is not https`;
  }
  if (allowedHosts.some((allowed) => matchesHost(url, allowed))) return undefined;
  return `the host ${url.host} is not on the allow-list (probe.allowedHosts of the environment)`;
}

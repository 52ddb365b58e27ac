import * as z from "zod";
import { canonicalUrl, longestUrl } from "../../primitives/canonical-url.ts";
import { carriesCredential } from "./headers.ts";
import { blanks, controls } from "./names.ts";
import { refuse } from "./refuse.ts";

/**
 * The form of a URL as far as a pattern tells it, for those who read the JSON Schema: `http` or `https`, a host of DNS labels or an
 * IPv6 address, a port, then no blank, control character, backslash or fragment and no `%` that encodes nothing. It takes
 * whatever {@link canonicalUrl} takes; what that refuses beyond it is in `beyondSchema`.
 */
const urlPattern = (() => {
  const label = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?";
  const plain = `[^${controls}${blanks}\\\\#%]`;
  const encoded = "%([2-689A-Fa-f][0-9A-Fa-f]|7[0-9A-Ea-e])";
  return `^https?://(${label}(\\.${label})*|\\[[0-9a-f:]+\\])(:[0-9]{1,5})?([/?](${plain}|${encoded})*)?$`;
})();

/** A URL as it is written, or the beginning of one: absolute, http or https, no disguise of its host, no credential in it. */
export const writtenUrl = z
  .string()
  .max(longestUrl)
  .superRefine((text, context) => {
    const found = canonicalUrl(text);
    if (!("url" in found)) {
      refuse(context, found);
      return;
    }
    for (const [name, value] of new URL(found.url).searchParams) {
      if (value === "" || !carriesCredential(name)) continue;
      refuse(context, {
        message: `the query parameter ${JSON.stringify(name)} carries a credential, which a message never does`,
        hint: "store the credential in Secrets Manager and name it by secretId in an authConfig",
      });
    }
  })
  .meta({ pattern: urlPattern });

/**
 * The absolute http or https URL of an endpoint, without a credential in it, in the one form that is checked, stored
 * and sent (see {@link canonicalUrl}).
 */
export const endpointUrl = writtenUrl.overwrite((text) => {
  const found = canonicalUrl(text);
  return "url" in found ? found.url : text;
});

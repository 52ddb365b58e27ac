import * as z from "zod";
import { canonicalUrl, longestUrl } from "../../primitives/canonical-url.ts";
import { carriesCredential } from "./headers.ts";
import { refuse } from "./refuse.ts";

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
  });

/**
 * The absolute http or https URL of an endpoint, without a credential in it, in the one form that is checked, stored
 * and sent (see {@link canonicalUrl}).
 */
export const endpointUrl = writtenUrl.overwrite((text) => {
  const found = canonicalUrl(text);
  return "url" in found ? found.url : text;
});

import * as z from "zod";
import { carriesCredential } from "./headers.ts";

const hint = "store the credential in Secrets Manager and name it by secretId in an authConfig";

/** The absolute http or https URL of an endpoint, without a credential in it. */
export const endpointUrl = z
  .string()
  .max(2_000)
  .superRefine((text, context) => {
    const url = URL.parse(text);
    if (!url || !/^https?:$/.test(url.protocol) || /\s/.test(text)) {
      context.addIssue({ code: "custom", message: "expected an absolute https URL" });
      return;
    }
    if (url.username !== "" || url.password !== "") {
      context.addIssue({
        code: "custom",
        message: "holds a user name or password, which a message never does",
        params: { hint },
      });
    }
    for (const [name, value] of url.searchParams) {
      if (value === "" || !carriesCredential(name)) continue;
      context.addIssue({
        code: "custom",
        message: `the query parameter ${JSON.stringify(name)} carries a credential, which a message never does`,
        params: { hint },
      });
    }
  });

import { assumption, notDocumented } from "./assumption.ts";

const form = "Remote HTTP Service APIs, “Common Authorization Errors”: JSON with three fields, for 403";

/** What a refusal looks like, and what becomes of answers. */
export const errorAssumptions = {
  "errors.form": assumption({
    question: "In which form does a refusal come?",
    alternatives: { json: "JSON with `errorCode` and `generalMessage`", text: "plain text", html: "a page of HTML" },
    default: "json",
    why: "The one example.",
    source: form,
    dependsOn: "what errors say; never what is done, which goes by the status",
  }),
  "errors.missing": assumption({
    question: "What is answered for something that is not under the account?",
    alternatives: { notFound: "404", forbidden: "403" },
    default: "notFound",
    why: "Remote HTTP Service APIs, “Common Errors”.",
    source: "Remote HTTP Service APIs, “Common Errors”",
    dependsOn: "telling what is gone from what may not be seen",
  }),
  "errors.denied": assumption({
    question: "What is answered to a user without the permission?",
    alternatives: { forbidden: "403", notFound: "404" },
    default: "forbidden",
    why: "Remote HTTP Service APIs, “Common Errors”.",
    source: "Remote HTTP Service APIs, “Common Errors”",
    dependsOn: "telling what is gone from what may not be seen",
  }),
  "errors.badInput": assumption({
    question: "What is answered to a body that is wrong?",
    alternatives: { badRequest: "400", serverError: "500" },
    default: "badRequest",
    why: "Remote HTTP Service APIs, “Common Errors”.",
    source: "Remote HTTP Service APIs, “Common Errors”",
    dependsOn: "an end of a message that can never be applied",
  }),
  "errors.cutAnswers": assumption({
    question: "Do answers always arrive whole?",
    alternatives: { never: "they do", tenth: "every tenth is cut in the middle, with 200" },
    default: "never",
    why: "It is a fault; but one that gateways have.",
    source: notDocumented,
    dependsOn: "every answer that is read; a POST whose answer cannot be read may have happened",
  }),
};

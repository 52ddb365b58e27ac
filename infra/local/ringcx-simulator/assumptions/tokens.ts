import { assumption, notDocumented } from "./assumption.ts";

const login = "RingCX, “Authentication”: an access token lives 5 minutes, a refresh token comes with it";

/** How long tokens are good for, and what is said when they are not. */
export const tokenAssumptions = {
  "tokens.life": assumption({
    question: "How long does an access token live?",
    alternatives: { minutes5: "5 minutes", minute1: "1 minute", minutes60: "60 minutes" },
    default: "minutes5",
    why: "RingCX, “Authentication”.",
    source: login,
    dependsOn: "the shared session (shared/ringcx/session)",
  }),
  "tokens.expiresIn": assumption({
    question: "Does the answer to a login say how long the token lives?",
    alternatives: {
      absent: "it does not",
      right: "`expires_in`, in seconds",
      wrong: "`expires_in`, an hour whatever the life",
    },
    default: "absent",
    why: "The documented answer has no such field.",
    source: login,
    dependsOn: "when a token is renewed",
  }),
  "tokens.refresh": assumption({
    question: "How often is a refresh token good?",
    alternatives: { once: "once; the answer has the next one", always: "always", never: "never" },
    default: "once",
    why: "The answer has a new one.",
    source: login,
    dependsOn: "renewal by several processes at once",
  }),
  "tokens.sessions": assumption({
    question: "How many sessions may a user and app have?",
    alternatives: { unlimited: "any number", five: "five: a sixth login ends the first" },
    default: "unlimited",
    why: "RingCentral limits them, RingCX says nothing.",
    source: "RingCentral, “Authentication”: usually five",
    dependsOn: "the shared session: one login for all processes",
  }),
  "tokens.unauthorized": assumption({
    question: "In which form does a 401 come?",
    alternatives: { text: "plain text of a gateway", json: "JSON as other errors", html: "a page of HTML" },
    default: "text",
    why: "RingCX, “Authentication”: `Jwt is expired`.",
    source: login,
    dependsOn: "nothing: the status says it",
  }),
  "tokens.clock": assumption({
    question: "How does RingCX's clock go?",
    alternatives: { right: "right", ahead: "7 minutes ahead", behind: "7 minutes behind" },
    default: "right",
    why: "Clocks are set over the network.",
    source: notDocumented,
    dependsOn: "`Retry-After` as a date; `createdTime` and `updatedTime`, which are compared with each other only",
  }),
};

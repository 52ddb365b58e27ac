import { assumption, notDocumented } from "./assumption.ts";

const limits = "Remote HTTP Service APIs, “Rate Limiting & Stability”: says that there is a limit, not how it counts";

/** How requests are counted, and what is said of it. */
export const rateAssumptions = {
  "rate.window": assumption({
    question: "Over which time are the 120 requests a minute counted?",
    alternatives: {
      sliding: "over the 60 seconds before each request",
      fixed: "in windows that begin at every full minute",
      fixedOffset: "in windows that begin 23 seconds past every full minute",
      bucket: "a bucket of 120 that fills up again by two a second",
    },
    default: "sliding",
    why: "The strictest: whoever keeps to it keeps to fixed windows of any phase, too.",
    source: limits,
    dependsOn: "the shared quota (shared/ringcx/quota)",
  }),
  "rate.scope": assumption({
    question: "Whose requests count together?",
    alternatives: {
      account: "those to one sub-account",
      user: "those of one user and app, whatever the sub-account",
      session: "those with one access token",
    },
    default: "account",
    why: "Other resources of RingCX are throttled per sub-account.",
    source: limits,
    dependsOn: "the shared quota; `quota.scope` of a connection says which one it reckons with",
  }),
  "rate.refused": assumption({
    question: "Does a request that was answered 429 count?",
    alternatives: { free: "it does not", counted: "it does: whoever keeps asking keeps waiting" },
    default: "free",
    why: "What most limits do.",
    source: notDocumented,
    dependsOn: "the pause of the quota after a 429",
  }),
  "rate.unauthorized": assumption({
    question: "Does a request that was answered 401 count?",
    alternatives: { free: "it does not", counted: "it does" },
    default: "free",
    why: "A gateway looks at the token before it counts.",
    source: notDocumented,
    dependsOn: "the shared quota: each attempt takes a slot of its own",
  }),
  "rate.notFound": assumption({
    question: "Does a request that was answered 404 count?",
    alternatives: { counted: "it does", free: "it does not" },
    default: "counted",
    why: "The gateway counts before RingCX looks.",
    source: notDocumented,
    dependsOn: "the shared quota",
  }),
  "rate.retryAfter": assumption({
    question: "What does `Retry-After` of a 429 say?",
    alternatives: {
      seconds: "in how many seconds a request may pass",
      absent: "it is not there",
      date: "at which time a request may pass",
      zero: "0, whatever the quota says",
      absurd: "a day",
    },
    default: "seconds",
    why: "What the RingCentral platform does.",
    source: "RingCentral, “Rate limits”: seconds; RingCX says nothing",
    dependsOn: "the pause of the quota after a 429",
  }),
  "rate.headers": assumption({
    question: "Do answers say how much of the limit is left (`X-Rate-Limit-*`)?",
    alternatives: { absent: "they do not", present: "they do" },
    default: "absent",
    why: "RingCX does not mention them.",
    source: "RingCentral, “Rate limits”: the platform has them; RingCX says nothing",
    dependsOn: "nothing: the quota counts for itself",
  }),
};

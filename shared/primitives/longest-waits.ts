/**
 * The longest that anybody else can make us wait, in milliseconds. A wait that another side names (a header, an answer that
 * does not come) is cut to what stands here; each has its reason, and nothing waits without one.
 */
export const longestWaits = {
  /** One request to RingCX. Its slowest answers that we know take a second or two. */
  ringcxAnswerMs: 10_000,
  /** A call of RingCX with its repetitions, and its places in the quota. */
  ringcxCallMs: 60_000,
  /** A login's `Retry-After`; after that it is worth a question. */
  loginRetryAfterMs: 5 * 60_000,
  /** A call's `Retry-After`, ten windows of RingCX's limit: one that asks for a day must not keep back an outage's calls so long. */
  callRetryAfterMs: 10 * 60_000,
  /** An endpoint's answer to a probe, from the name's resolution to the last byte, unless the settings say otherwise. */
  endpointAnswerMs: 5_000,
  /** A connection to AWS. A container that was frozen holds connections that are dead. */
  awsConnectMs: 2_000,
  /** One request to AWS; the SDK repeats it twice. */
  awsAnswerMs: 10_000,
  /** One question about alarms, repeated twice: the sweeps of a batch wait for a region that is slow. It answers in a tenth of a second. */
  alarmsAnswerMs: 3_000,
  /** One request to AWS of a function that itself has ten seconds. */
  intakeAnswerMs: 2_000,
  /** One call of a credential issuer, which itself may have to ask a slow console. */
  issuerAnswerMs: 60_000,
} as const;

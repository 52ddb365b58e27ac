import type { AnswerSchema } from "../contract/fields/answer-schema.ts";
import { contentTypeOf, textBodyOf, type Validation } from "../contract/fields/validation.ts";
import type { Clock } from "../primitives/clock.ts";
import { parseJson } from "../primitives/json.ts";
import { type BoundedRequest, type SendRequest, sendBounded } from "./bounded-request.ts";
import { type Lookup, lookupAll } from "./checked-addresses.ts";
import { matchAnswer } from "./match-answer.ts";
import { type PresentedCredential, placeCredential } from "./place-credential.ts";
import type { ProbeSettings } from "./probe-settings.ts";
import { whyUntestable } from "./untestable-validation.ts";

/** A validation whose URL is known. */
export type ProbeRequest = Validation & { url: string };

/**
 * What a probe found. `because` says what differed in words that hold no body, header or path: those may be
 * secret or personal.
 */
export type ProbeResult =
  | { passed: true; ms: number }
  | {
      passed: false;
      /**
       * `REFUSED`: the credential was not accepted. `DIFFERENT`: another status or shape. `UNREACHABLE`: no answer,
       * a 5xx or a 429. `FORBIDDEN`: our own settings do not let it be asked. `UNTESTABLE`: the credential cannot be presented, or
       * the validation was stored before the contract refused what it holds; nothing was sent to the endpoint.
       * `NOT_ASKED`: our own resolver or network kept it from being sent.
       */
      kind: "REFUSED" | "DIFFERENT" | "UNREACHABLE" | "FORBIDDEN" | "UNTESTABLE" | "NOT_ASKED";
      because: string;
      /** Of `UNREACHABLE`: nothing came back, not even an error of the endpoint's. */
      isUnanswered?: true;
      /** Of `UNTESTABLE`: no credential of this kind can be presented from here. */
      isByNature?: true;
    };

/** What a probe is made of. */
export interface ProbeOptions {
  settings: ProbeSettings;
  clock: Clock;
  /** How names are resolved. @default the system's resolver */
  lookup?: Lookup;
}

/** One probe, as `Probe` of `probe.ts` promises it. */
export async function checkEndpoint(
  { settings, clock, lookup = lookupAll }: ProbeOptions,
  validation: ProbeRequest,
  presented: PresentedCredential | undefined,
): Promise<ProbeResult> {
  const send: SendRequest = (request) => sendBounded(request, settings, lookup);
  const startedAt = clock.now();
  const because = whyUntestable(validation);
  if (because !== undefined) return failed("UNTESTABLE", because);
  let request: BoundedRequest = boundedRequest(validation);
  if (validation.credential !== undefined) {
    if (!presented) return failed("UNTESTABLE", "the validation places a credential, but the service has none");
    const context = { sendRequest: send, now: clock.now() };
    const placed = await placeCredential(request, validation.credential, presented, context);
    if ("because" in placed) return { passed: false, ...placed };
    request = placed;
  }
  const answer = await send(request);
  if (answer.kind === "UNREACHABLE") return { ...failed(answer.kind, answer.because), isUnanswered: true };
  if (answer.kind !== "ANSWERED") return failed(answer.kind, answer.because);
  const difference = compare(validation, request.url, answer);
  return difference ?? { passed: true, ms: clock.now() - startedAt };
}

function boundedRequest(validation: ProbeRequest): BoundedRequest {
  const { method, url, headers = {}, body, expect } = validation;
  const text = textBodyOf(validation);
  const needsJson = expect.schema !== undefined || (text === undefined && expect.contains === undefined);
  const accept = needsJson ? {} : { accept: "*/*" };
  if (body === undefined) return { method, url: new URL(url), headers: { ...accept, ...headers } };
  return {
    method,
    url: new URL(url),
    headers: {
      ...accept,
      ...(contentTypeOf(headers) === undefined && { "content-type": "application/json" }),
      ...headers,
    },
    body: text ?? JSON.stringify(body),
  };
}

function compare({ expect, credential }: ProbeRequest, url: URL, answer: { status: number; text: string }) {
  const { status, text } = answer;
  const expected = [expect.status].flat();
  if (!expected.includes(status)) {
    // Where it leads is not shown: a redirect's URL may hold a credential.
    const redirect = status >= 300 && status < 400 ? " (redirects are not followed: name the URL where it leads)" : "";
    const because = `${url.host} answered ${status}, expected ${expected.join(" or ")}${redirect}`;
    if (credential !== undefined && (status === 401 || status === 403)) return failed("REFUSED", because);
    return failed(status >= 500 || status === 429 ? "UNREACHABLE" : "DIFFERENT", because);
  }
  if (expect.contains !== undefined && !text.includes(expect.contains)) {
    return failed("DIFFERENT", `the answer of ${url.host} does not contain what validation.expect.contains says`);
  }
  if (expect.schema === undefined) return undefined;
  const body = parseJson(text);
  if (body === undefined) return failed("DIFFERENT", `the answer of ${url.host} is not JSON`);
  // Within the subset, or the request would not have been sent.
  const mismatch = matchAnswer(expect.schema as AnswerSchema, body.value);
  if (!mismatch) return undefined;
  // The schema's own path: the one in the answer could name a customer.
  const { schemaPath, message } = mismatch;
  return failed("DIFFERENT", `the answer of ${url.host} has another shape: ${schemaPath} ${message}`);
}

type Failed = Extract<ProbeResult, { passed: false }>;

function failed(kind: Failed["kind"], because: string): Failed {
  return { passed: false, kind, because };
}

import * as z from "zod";
import { parseJson } from "../../primitives/json.ts";
import { AssumptionBrokenError } from "../resources/assumption-broken-error.ts";
import {
  RingCxAnswerError,
  RingCxBadRequestError,
  RingCxConflictError,
  RingCxError,
  type RingCxErrorFacts,
  RingCxForbiddenError,
  RingCxNotFoundError,
  RingCxUnauthorizedError,
} from "../resources/errors.ts";
import { redactText } from "../transport/redact-text.ts";
import { answerTooLong, longestAnswer } from "../transport/send-once.ts";
import { brokenByConflict } from "./broken-assumption.ts";

const errorBodySchema = z.looseObject({ errorCode: z.string().optional(), generalMessage: z.string().optional() });

/** RingCX's own words about a failure, without the secrets of the request that it may echo. */
export function wordsOf(
  text: string,
  secrets: readonly string[],
): Pick<RingCxErrorFacts, "errorCode" | "generalMessage"> {
  const { errorCode, generalMessage } = errorBody(text);
  return {
    errorCode: errorCode && redactText(errorCode, secrets),
    generalMessage: generalMessage && redactText(generalMessage, secrets),
  };
}

/** What RingCX says of a thing that is not under the account, whatever the status (`errors.missing` in docs/simulator.md). */
const notFoundCode = "resource.not.found.exception";

/**
 * The error for a status that RingCX refused a call with. A 403 that says that the thing is not found is a 404: no right that
 * anybody grants mends it.
 */
export function errorFromStatus(facts: RingCxErrorFacts & { status: number }): RingCxError {
  switch (facts.status === 403 && facts.errorCode === notFoundCode ? 404 : facts.status) {
    case 400:
      return new RingCxBadRequestError(facts);
    case 401:
      return new RingCxUnauthorizedError(facts);
    case 403:
      return new RingCxForbiddenError(facts);
    case 404:
      return new RingCxNotFoundError(facts);
    case 409: {
      const broken = brokenByConflict(facts.operation, facts.generalMessage);
      return broken ? new AssumptionBrokenError(facts, broken) : new RingCxConflictError(facts);
    }
    default:
      return facts.status < 400
        ? new RingCxAnswerError(facts)
        : new RingCxError(facts, { code: "RINGCX_REFUSED", advice: "RingCX documents no such status for it." });
  }
}

const tooLongAdvice = `The answer has more than ${longestAnswer / 1_024 ** 2} MiB and was not read; a change may have been carried out. Check that the connection's ringcxUrl leads to RingCX and not to something before it. If the account is that large, retire services that nobody uses, or raise longestAnswer in shared/ringcx/transport/send-once.ts.`;

/** The error for a call whose failure would be the same again. */
export function errorFromFailure(facts: RingCxErrorFacts): RingCxError {
  if (facts.reason === answerTooLong) return new RingCxAnswerError(facts, tooLongAdvice);
  return new RingCxError(facts, {
    code: "RINGCX_REQUEST_FAILED",
    advice: "The request could not be sent at all: check the connection's ringcxUrl.",
  });
}

function errorBody(text: string): { errorCode?: string | undefined; generalMessage?: string | undefined } {
  const body = parseJson(text);
  if (body) return errorBodySchema.safeParse(body.value).data ?? {};
  // "Jwt is expired" comes as plain text; a proxy's page of HTML says nothing to anybody.
  return text === "" || text.trimStart().startsWith("<") ? {} : { generalMessage: text };
}

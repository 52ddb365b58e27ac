import type { Answer } from "../answer.ts";
import type { Profile } from "../assumptions/catalogue.ts";
import { ChosenRefusal, PlainTextRefusal, Refusal } from "../refusal.ts";
import { chosen, type Strategies } from "./chosen.ts";

/** A refusal as it goes over the wire. */
type Form = (refusal: Pick<Refusal, "status" | "errorCode" | "message">, now: number) => Answer;

const json: Form = ({ status, errorCode, message }, now) => ({
  status,
  body: { errorCode, generalMessage: message, timestamp: now },
});
const text: Form = ({ status, message }) => ({ status, text: message });
const html: Form = ({ status }) => ({
  status,
  headers: { "content-type": "text/html" },
  text: `<html><head><title>${status}</title></head><body><center><h1>${status}</h1></center><hr></body></html>`,
});

const forms: Strategies<"errors.form", Form> = { json, text, html };
const unauthorized: Strategies<"tokens.unauthorized", Form> = { text, json, html };

const missing: Strategies<"errors.missing", number> = { notFound: 404, forbidden: 403 };
const denied: Strategies<"errors.denied", number> = { forbidden: 403, notFound: 404 };
const badInput: Strategies<"errors.badInput", number> = { badRequest: 400, serverError: 500 };

/**
 * The answer that a refusal stands for. Anything else is a mistake in the simulator and is thrown on.
 *
 * @param now epoch milliseconds, for the error's `timestamp`
 */
export type AnswerOf = (error: unknown, now: number) => Answer;

/** See {@link AnswerOf}. */
export function errorAnswers(profile: Profile): AnswerOf {
  const form = chosen(profile, "errors.form", forms);
  const gateway = chosen(profile, "tokens.unauthorized", unauthorized);
  const statuses: Readonly<Record<number, number>> = {
    400: chosen(profile, "errors.badInput", badInput),
    403: chosen(profile, "errors.denied", denied),
    404: chosen(profile, "errors.missing", missing),
  };
  return (error, now) => {
    if (error instanceof PlainTextRefusal) {
      const { status, message } = error;
      return gateway({ status, message, errorCode: "invalid.token.exception" }, now);
    }
    if (!(error instanceof Refusal)) throw error;
    const { errorCode, message, headers } = error;
    const status = error instanceof ChosenRefusal ? error.status : (statuses[error.status] ?? error.status);
    const answer = form({ status, errorCode, message }, now);
    return { ...answer, headers: { ...headers, ...answer.headers } };
  };
}

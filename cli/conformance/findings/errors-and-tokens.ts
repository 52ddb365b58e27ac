import { parseJson } from "../../../shared/primitives/json.ts";
import { type Exchange, isCut, isDone, isRefused, isRow, recordOf, type Seen } from "../exchange.ts";
import { firstCreated } from "../steps/auth-configs.ts";
import { type Experiments, type Finding, found, type NamesOf, notFound } from "./finding.ts";
import { sessionsOf } from "./limits.ts";

/** What is answered for something that is not there. */
export function missingStatus(seen: Seen): number | undefined {
  return seen.last("error.missing")?.status;
}

/** In which form a refusal is written. */
function formOf({ text }: Exchange): "json" | "text" | "html" {
  if (isRow(parseJson(text)?.value)) return "json";
  return text.trimStart().startsWith("<") ? "html" : "text";
}

/** What is learned of refusals. */
export const errorExperiments: Experiments<NamesOf<"errors">> = {
  "errors.form": (seen) => {
    const refusal = seen.exchanges.find(isRefused);
    return refusal ? found(formOf(refusal), `the ${refusal.status} of ${refusal.operation}`) : notFound("none came");
  },
  "errors.missing": (seen) => {
    const status = missingStatus(seen);
    if (status === 404) return found("notFound", "404");
    return status === 403 ? found("forbidden", "403") : notFound(`it was answered ${status ?? "nothing"}`);
  },
  "errors.denied": () => notFound("it needs a second user, without a permission: try `doctor` with one"),
  "errors.badInput": (seen) => {
    const status = seen.last("error.badInput")?.status;
    if (status === 400) return found("badRequest", "400");
    return status === 500 ? found("serverError", "500") : notFound(`it was answered ${status ?? "nothing"}`);
  },
  "errors.cutAnswers": (seen) => {
    const answers = seen.exchanges.filter(isDone);
    const cut = answers.filter(isCut).length;
    return cut > 0
      ? found("tenth", `${cut} of ${answers.length} answers were cut`)
      : found("never", `all of ${answers.length} answers arrived whole`);
  },
};

/** So much may lie between a token's birth and when it was asked for, in milliseconds. */
const toleranceMs = 3_000;

/** How old a token was that was good, and the youngest that was not, in milliseconds. */
function agesOf(seen: Seen): { good: number; refused: number } {
  // A session may be ended by another one: that says nothing about a life.
  const ages = seen.exchanges.flatMap(({ tokenAgeMs, status, label }) =>
    tokenAgeMs === undefined || label === "session.first" ? [] : [{ tokenAgeMs, status }],
  );
  const good = ages.filter(({ status }) => status !== 401 && status !== 0).map(({ tokenAgeMs }) => tokenAgeMs);
  const refused = ages.filter(({ status }) => status === 401).map(({ tokenAgeMs }) => tokenAgeMs);
  return { good: Math.max(0, ...good), refused: Math.min(Number.POSITIVE_INFINITY, ...refused) };
}

const minuteMs = 60_000;

function lifeOf(seen: Seen): { answer: "minute1" | "minutes5" | "minutes60"; ms: number } | undefined {
  const { good, refused } = agesOf(seen);
  if (good > 5 * minuteMs) return { answer: "minutes60", ms: 60 * minuteMs };
  if (good > minuteMs && refused >= 5 * minuteMs - toleranceMs && refused < 10 * minuteMs) {
    return { answer: "minutes5", ms: 5 * minuteMs };
  }
  const isMinute = good <= minuteMs && refused >= minuteMs - toleranceMs && refused < 2 * minuteMs;
  return isMinute ? { answer: "minute1", ms: minuteMs } : undefined;
}

/** What is learned of tokens. */
export const tokenExperiments: Experiments<NamesOf<"tokens">> = {
  "tokens.life": (seen) => {
    const life = lifeOf(seen);
    const { good, refused } = agesOf(seen);
    const seconds = (ms: number) => `${Math.floor(ms / 1_000)} s`;
    const how = `good after ${seconds(good)}${Number.isFinite(refused) ? `, refused after ${seconds(refused)}` : ""}`;
    return life ? found(life.answer, how) : notFound(how);
  },
  "tokens.expiresIn": (seen) => {
    const login = recordOf(seen.first("login.first"));
    if (!login) return notFound("the answer to the login was not read");
    const told = login.expires_in ?? login.expiresIn;
    if (told === undefined) return found("absent", "the answer has no such field");
    const life = lifeOf(seen);
    if (!life) return notFound(`it says ${told} s; how long a token lives was not found out`);
    return Number(told) * 1_000 === life.ms ? found("right", `${told} s`) : found("wrong", `${told} s`);
  },
  "tokens.refresh": (seen): Finding<"tokens.refresh"> => {
    const [first, second] = [seen.last("login.refreshed"), seen.last("login.refreshedAgain")];
    if (!first || first.status === 0) return notFound("the login gave no refresh token");
    if (!isDone(first)) return found("never", `a refresh token: ${first.status}`);
    return isDone(second)
      ? found("always", "a refresh token was taken twice")
      : found("once", `a refresh token, the second time: ${second?.status}`);
  },
  "tokens.sessions": sessionsOf,
  "tokens.unauthorized": (seen) => {
    const refused = seen.last("unauthorized");
    return refused?.status === 401 ? found(formOf(refused), "a token that is none: 401") : notFound("no 401 came");
  },
  "tokens.clock": (seen) => {
    const created = seen.exchanges.find(
      (one) => one.label.startsWith(firstCreated.slice(0, -1)) && recordOf(one)?.createdTime,
    );
    const read = recordOf(created) ?? recordOf(seen.last("authConfig.read"));
    const at = Date.parse(String(read?.createdTime ?? ""));
    const asked = (created ?? seen.first(firstCreated))?.at;
    if (!Number.isFinite(at) || asked === undefined) return notFound("no answer shows a createdTime");
    const ms = at - asked;
    if (Math.abs(ms) < 2 * minuteMs) return found("right", "createdTime is when it was made");
    return found(
      ms > 0 ? "ahead" : "behind",
      `createdTime is ${Math.round(ms / minuteMs)} minutes from when it was made`,
    );
  },
};

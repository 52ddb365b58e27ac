import { type Exchange, isDone, type Seen } from "../exchange.ts";
import { type Experiments, type Finding, found, type NamesOf, notFound } from "./finding.ts";

const needsLimit = notFound("it takes --measure-limit");
const minuteMs = 60_000;
/** By how much a poll each second may be late, in milliseconds. */
const pollMs = 1_700;

const under = (seen: Seen, label: string) => seen.exchanges.filter((exchange) => exchange.label === label);

/** When a full limit was first asked, refused, and free again, epoch milliseconds. */
function refillOf(seen: Seen): { first: number; refused: Exchange; free: number; count: number } | undefined {
  const filled = under(seen, "limit.filled");
  const refused = filled.find(({ status }) => status === 429);
  const free = under(seen, "limit.polled").find(isDone);
  const [first] = filled;
  return first && refused && free
    ? { first: first.at, refused, free: free.at, count: filled.filter(isDone).length }
    : undefined;
}

/** Whether requests that came to nothing counted: by how many others passed after them. */
function countedBy(seen: Seen, label: string): Finding<"rate.notFound"> {
  const after = under(seen, label);
  if (after.length === 0) return needsLimit;
  const refill = refillOf(seen);
  if (!refill || after.at(-1)?.status !== 429) return notFound("no 429 came");
  const passed = after.filter(isDone).length;
  const how = `${passed} requests passed after 60 such, ${refill.count} otherwise`;
  return passed > 0.75 * refill.count ? found("free", how) : found("counted", how);
}

/** What is learned of the rate. */
export const rateExperiments: Experiments<NamesOf<"rate">> = {
  "rate.window": (seen) => {
    if (under(seen, "limit.filled").length === 0) return needsLimit;
    const refill = refillOf(seen);
    if (!refill) return notFound("no 429 came, or none ended");
    const { first, refused, free, count } = refill;
    const seconds = Math.round((free - refused.at) / 1_000);
    const how = `after ${count} requests a 429, free again after ${seconds} s`;
    if (free - refused.at < 3_000) return found("bucket", how);
    if (free - first >= minuteMs - 500) return found("sliding", `${how}: a minute after the first`);
    const past = free % minuteMs;
    if (past < pollMs) return found("fixed", `${how}: at a full minute`);
    if (past >= 23_000 && past < 23_000 + pollMs) return found("fixedOffset", `${how}: 23 s past a full minute`);
    return notFound(`${how}: a fixed window that begins ${Math.round(past / 1_000)} s past a full minute`);
  },
  "rate.scope": (seen) => {
    const [session, account] = [seen.last("limit.otherSession"), seen.last("limit.otherAccount")];
    if (!session) return needsLimit;
    if (isDone(session)) return found("session", "another token passed while one was refused");
    if (isDone(account)) return found("account", "another sub-account's request passed while one's was refused");
    return account?.status === 429
      ? found("user", "another sub-account's request was refused, too")
      : notFound("the user sees no other sub-account");
  },
  "rate.refused": (seen) => {
    if (under(seen, "limit.filled").length === 0) return needsLimit;
    const refill = refillOf(seen);
    const late = refill ? refill.free - refill.first - minuteMs : Number.NaN;
    if (!refill || late < -500)
      return notFound("the window is not sliding, so that they cannot be told by their delay");
    const how = `asked each second, it was free again ${Math.round(late / 100) / 10} s after the minute`;
    return late < pollMs ? found("free", how) : found("counted", how);
  },
  "rate.unauthorized": (seen) => countedBy(seen, "limit.afterUnauthorized"),
  "rate.notFound": (seen) => countedBy(seen, "limit.afterMissing"),
  "rate.retryAfter": (seen) => {
    const refused = seen.exchanges.find(({ status }) => status === 429);
    if (!refused) return under(seen, "limit.filled").length === 0 ? needsLimit : notFound("no 429 came");
    const header = refused.headers["retry-after"];
    if (header === undefined) return found("absent", "a 429 without Retry-After");
    const how = `Retry-After: ${header}`;
    const seconds = Number(header);
    if (Number.isNaN(seconds)) return Number.isNaN(Date.parse(header)) ? notFound(how) : found("date", how);
    if (seconds === 0) return found("zero", how);
    return seconds > 3_600 ? found("absurd", how) : found("seconds", how);
  },
  "rate.headers": (seen) => {
    const names = seen.exchanges.flatMap(({ operation, headers }) =>
      operation.startsWith("login") ? [] : Object.keys(headers),
    );
    return names.some((name) => name.startsWith("x-rate-limit"))
      ? found("present", "answers have X-Rate-Limit-* headers")
      : found("absent", "no answer has X-Rate-Limit-* headers");
  },
};

/** Whether a sixth login ends the first. */
export function sessionsOf(seen: Seen): Finding<"tokens.sessions"> {
  const first = seen.last("session.first");
  if (!first) return needsLimit;
  if (isDone(first)) return found("unlimited", "the first of six tokens is good");
  return first.status === 401 && (first.tokenAgeMs ?? 0) < 4 * minuteMs
    ? found("five", "the first of six tokens is refused")
    : notFound(`it was answered ${first.status}`);
}

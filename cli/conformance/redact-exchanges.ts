import { parseJson } from "../../shared/primitives/json.ts";
import { redactText } from "../../shared/ringcx/transport/redact-text.ts";
import { type Exchange, isRow, type Row } from "./exchange.ts";
import type { Mark } from "./mark.ts";
import { isOwnRecord, keyOf } from "./ownership.ts";
import { configTextOf } from "./steps/run.ts";
import { inputNames } from "./steps/services.ts";

/** Fields whose value is a credential. */
const credentials = new Set(["apiKey", "password", "secret", "assertion", "privateKey", "httpPassword"]);

/** Fields of which a text is shown: the run's own words, RingCX's fixed ones, ids and times. Any other text may be a person's. */
const shownTexts = new Set([
  ...["serviceDescription", "groupName", "providerName", "description", "name", "type", "simpleDataType", "value"],
  ...["serviceType", "targetNamespace", "conformanceField", "authType", "authConfigId", "rank"],
  ...["serviceId", "serviceGroupId", "inputId", "createdTime", "updatedTime", "permissions", "errorCode"],
  ...["generalMessage", "grantType", "clientCredentialsSupplyIn", "tokenUrl", "algorithm", "payload", "addTokenTo"],
  ...["allowedBaseUrl", "endpoint", "tokenType", "token_type", "error", "expires_in"],
]);

const shownHeaders = /^(content-type|date|retry-after|x-rate-limit-.*)$/;

/** An exchange that may be attached to a public issue. */
export interface PublicExchange {
  label: string;
  request: string;
  body?: unknown;
  status: number;
  headers: Readonly<Record<string, string>>;
  answer: unknown;
  /** Milliseconds since the first request. */
  at: number;
  tokenAgeMs?: number;
}

/**
 * Exchanges without what is not the runs' own: of records that others made nothing but their number is told, a text in a field that
 * we do not know is told by its length, of a configuration the values are shown that were sent, and credentials, tokens and the
 * account are replaced wherever they stand.
 *
 * @param secrets values of the connection and of its logins
 */
export function redactExchanges(
  exchanges: readonly Exchange[],
  { account, secrets, mark }: { account: string; secrets: readonly string[]; mark: Mark },
): PublicExchange[] {
  const sent = exchanges.flatMap(({ body }) => (isRow(body) ? credentialsIn(body) : []));
  const redact = redactor([...secrets, ...sent], sent, { account, mark });
  const startedAt = exchanges[0]?.at ?? 0;
  return exchanges.map(({ label, operation, method, path, body, status, headers, text, at, tokenAgeMs }) => ({
    label,
    request: `${method} ${redact.text(path)}`,
    ...(body !== undefined && { body: redact.value(body, operation) }),
    status,
    headers: Object.fromEntries(
      Object.entries(headers).flatMap(([name, value]) => (shownHeaders.test(name) ? [[name, redact.text(value)]] : [])),
    ),
    answer: redact.answer(text, operation),
    at: at - startedAt,
    ...(tokenAgeMs !== undefined && { tokenAgeMs }),
  }));
}

function credentialsIn(body: Row): string[] {
  return Object.entries(body).flatMap(([name, value]) =>
    credentials.has(name) && typeof value === "string" ? [value] : [],
  );
}

function redactor(
  secrets: readonly string[],
  sent: readonly string[],
  { account, mark }: { account: string; mark: Mark },
) {
  // In v2 the name of a header is a text, too, and a configuration says its own type.
  const sentConfig = [...textsIn(parseJson(configTextOf(mark))?.value), "Accept", "HTTP"];

  // Most texts come in many answers, and looking for each secret in each of its forms takes long.
  const known = new Map<string, string>();
  function text(given: string): string {
    const redacted =
      known.get(given) ??
      redactText(given, secrets)
        .replaceAll(account, "ACCOUNT")
        .replaceAll(/[\w.+-]+@[\w-]+\.[\w.]+/g, "[e-mail]")
        .replaceAll(/\+\d{7,}/g, "[number]");
    known.set(given, redacted);
    return redacted;
  }

  function credential(value: unknown): unknown {
    if (typeof value !== "string") return value;
    if (sent.includes(value)) return "[the credential that was sent]";
    const isLastFour = sent.some((one) => value.endsWith(one.slice(-4)));
    return isLastFour ? "[a mask and the last four characters]" : `[something else: ${value.length} characters]`;
  }

  function value(given: unknown, operation: string, field?: string): unknown {
    if (Array.isArray(given)) return rows(given, operation, field);
    if (field === "httpServiceConfig") return config(given);
    if (isRow(given)) {
      if (!isShownRow(given, operation)) return "[a record that is not of a run]";
      return Object.fromEntries(
        Object.entries(given).map(([name, one]) => [
          name,
          credentials.has(name) ? credential(one) : value(one, operation, name),
        ]),
      );
    }
    if (/account|admin|user.*id/i.test(field ?? "") && typeof given === "number") return "[number]";
    if (typeof given !== "string") return given;
    const isShown = field === undefined || shownTexts.has(field) || given === account || given === "conformance";
    return isShown ? text(given) : `[text of ${given.length} characters]`;
  }

  /** As it came, where every text in it was sent so: a header's value, or a host, may be anybody's. */
  function config(given: unknown): unknown {
    const parsed = typeof given === "string" ? parseJson(given) : { value: given };
    if (!parsed) return `[text of ${String(given).length} characters]`;
    if (textsIn(parsed.value).every((one) => sentConfig.includes(one))) return given;
    const shown = withTexts(parsed.value, (one) =>
      sentConfig.includes(one) ? one : `[text of ${one.length} characters]`,
    );
    return typeof given === "string" ? JSON.stringify(shown) : shown;
  }

  function rows(given: readonly unknown[], operation: string, field: string | undefined): unknown[] {
    const own = given.filter((one) => !isRow(one) || isShownRow(one, operation, field));
    const others = given.length - own.length;
    const note = others > 0 ? [`[${others} that are not of a run]`] : [];
    return [...own.map((one) => value(one, operation, field)), ...note];
  }

  return {
    text,
    value,
    answer(given: string, operation: string): unknown {
      const parsed = parseJson(given);
      if (parsed) return value(parsed.value, operation);
      // A list that was cut may hold anybody's rows.
      return /^\s*[[{]/.test(given) ? `[not whole: ${given.length} characters]` : text(given);
    },
  };
}

/** Whether a record may be shown: a run's group, service or auth config, an input that a run saved, and what is none of these. */
function isShownRow(row: Row, operation: string, field?: string): boolean {
  if (field === "httpServiceInputs" || operation.startsWith("inputs.")) {
    return row.name === undefined || (inputNames as readonly unknown[]).includes(row.name);
  }
  // What has an id and no name may be anybody's, too.
  const hasId = ["serviceId", "serviceGroupId", "authConfigId"].some((name) => row[name] !== undefined);
  return keyOf(row) === undefined ? !hasId : isOwnRecord(row);
}

/** Every text in a value but the names of its fields. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isRow(value) ? Object.values(value).flatMap(textsIn) : [];
}

function withTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((one) => withTexts(one, change));
  if (!isRow(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withTexts(one, change)]));
}

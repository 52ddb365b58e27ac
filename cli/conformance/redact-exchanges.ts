import { parseJson } from "../../shared/primitives/json.ts";
import { redactText } from "../../shared/ringcx/transport/redact-text.ts";
import { type Exchange, isRow, type Row } from "./exchange.ts";
import { isOwnName, ownGroup } from "./own-names.ts";

/** Fields whose value is a credential. */
const credentials = new Set(["apiKey", "password", "secret", "assertion", "privateKey", "httpPassword"]);

/** Fields of which a text is shown: the run's own words, RingCX's fixed ones, ids and times. Any other text may be a person's. */
const shownTexts = new Set([
  ...["serviceDescription", "groupName", "providerName", "description", "name", "type", "simpleDataType", "value"],
  ...["serviceType", "httpServiceConfig", "targetNamespace", "conformanceField", "authType", "authConfigId", "rank"],
  ...["serviceId", "serviceGroupId", "inputId", "createdTime", "updatedTime", "permissions", "errorCode"],
  ...["generalMessage", "grantType", "clientCredentialsSupplyIn", "tokenUrl", "algorithm", "payload", "addTokenTo"],
  ...["allowedBaseUrl", "endpoint", "method", "url", "Accept", "tokenType", "token_type", "error", "expires_in"],
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
 * Exchanges without what is not the run's own: rows that others made are counted and left out, a text in a field that we do
 * not know is told by its length, and credentials, tokens and the account are replaced wherever they stand.
 *
 * @param secrets values of the connection and of its logins
 */
export function redactExchanges(
  exchanges: readonly Exchange[],
  { account, secrets }: { account: string; secrets: readonly string[] },
): PublicExchange[] {
  const sent = exchanges.flatMap(({ body }) => (isRow(body) ? credentialsIn(body) : []));
  const redact = redactor([...secrets, ...sent], sent, account);
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

function redactor(secrets: readonly string[], sent: readonly string[], account: string) {
  const text = (given: string): string =>
    redactText(given, secrets)
      .replaceAll(account, "ACCOUNT")
      .replaceAll(/[\w.+-]+@[\w-]+\.[\w.]+/g, "[e-mail]")
      .replaceAll(/\+\d{7,}/g, "[number]");

  function credential(value: unknown): unknown {
    if (typeof value !== "string") return value;
    if (sent.includes(value)) return "[the credential that was sent]";
    const isLastFour = sent.some((one) => value.endsWith(one.slice(-4)));
    return isLastFour ? "[a mask and the last four characters]" : `[something else: ${value.length} characters]`;
  }

  function value(given: unknown, operation: string, field?: string): unknown {
    if (Array.isArray(given)) return rows(given, operation, field);
    if (isRow(given)) {
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

  function rows(given: readonly unknown[], operation: string, field: string | undefined): unknown[] {
    const own = given.filter((one) => !isRow(one) || isOwnRow(one, operation, field));
    const others = given.length - own.length;
    const note = others > 0 ? [`[${others} that are not of this run]`] : [];
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

/** Whether a row of a list was made by a run. Inputs and headers are read of its own services only. */
function isOwnRow(row: Row, operation: string, field: string | undefined): boolean {
  if (operation.startsWith("inputs.") || field === "httpServiceInputs" || field === "headers") return true;
  return row.groupName === ownGroup || isOwnName(row.serviceDescription) || isOwnName(row.providerName);
}

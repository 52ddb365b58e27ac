import type { Answer } from "../answer.ts";
import type { Profile } from "../assumptions/catalogue.ts";
import { mask } from "../fields/masking.ts";
import { parsedConfig } from "../fields/service-config.ts";
import { chosen, type Strategies } from "./chosen.ts";

/** What stands in an answer for a field's value; nothing when the field is not there. */
type FieldForm = (value: unknown) => unknown;
const asIs: FieldForm = (value) => value;

const ids: Strategies<"services.ids", FieldForm> = { numbers: asIs, strings: String };
const accountIds: Strategies<"services.accountId", FieldForm> = { string: asIs, number: Number };
const ranks: Strategies<"inputs.rank", FieldForm> = { string: asIs, number: Number };
const uuids: Strategies<"authConfigs.idCase", FieldForm> = { lower: asIs, upper: (id) => String(id).toUpperCase() };

const credentials: Strategies<"authConfigs.credential", FieldForm> = {
  masked: () => mask,
  absent: () => undefined,
  null: () => null,
  lastFour: (credential) => `${mask}${String(credential).slice(-4)}`,
  plain: asIs,
};

const ofObject = (write: (config: Record<string, unknown>) => unknown): FieldForm => {
  return (text) => {
    const config = typeof text === "string" ? parsedConfig(text) : undefined;
    return config ? write(config) : text;
  };
};
const configs: Strategies<"services.config", FieldForm> = {
  verbatim: asIs,
  reserialised: ofObject((config) =>
    JSON.stringify(Object.fromEntries(Object.entries(config).toReversed()), undefined, 2).replaceAll("/", "\\/"),
  ),
  defaultsAdded: ofObject((config) => JSON.stringify({ timeout: 30, followRedirects: false, ...config })),
  object: ofObject((config) => config),
};

const deliveries: Strategies<"errors.cutAnswers", () => (answer: Answer) => Answer> = {
  never: () => (answer) => answer,
  tenth: () => {
    let count = 0;
    return (answer) => {
      count += 1;
      if (count % 10 !== 0 || answer.body === undefined || answer.status >= 300) return answer;
      const text = JSON.stringify(answer.body);
      const headers = { ...answer.headers, "content-type": "application/json" };
      return { status: answer.status, headers, text: text.slice(0, text.length / 2) };
    };
  },
};

/** How an answer's fields are written, and whether it arrives whole, by a profile. */
export type Wire = (answer: Answer) => Answer;

/** See {@link Wire}. */
export function createWire(profile: Profile): Wire {
  const id = chosen(profile, "services.ids", ids);
  const credential = chosen(profile, "authConfigs.credential", credentials);
  const forms: Readonly<Record<string, FieldForm>> = {
    serviceGroupId: id,
    serviceId: id,
    inputId: id,
    accountId: chosen(profile, "services.accountId", accountIds),
    rank: chosen(profile, "inputs.rank", ranks),
    authConfigId: chosen(profile, "authConfigs.idCase", uuids),
    httpServiceConfig: chosen(profile, "services.config", configs),
    apiKey: credential,
    password: credential,
    secret: credential,
    assertion: credential,
    privateKey: credential,
    httpPassword: credential,
  };
  const delivered = chosen(profile, "errors.cutAnswers", deliveries)();
  return (answer) => delivered("body" in answer ? { ...answer, body: written(answer.body, forms) } : answer);
}

function written(value: unknown, forms: Readonly<Record<string, FieldForm>>): unknown {
  if (Array.isArray(value)) return value.map((entry) => written(entry, forms));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, field]) => {
      const form = Object.hasOwn(forms, name) ? forms[name] : undefined;
      if (!form) return [[name, written(field, forms)]];
      const shown = field === undefined ? undefined : form(field);
      return shown === undefined ? [] : [[name, shown]];
    }),
  );
}

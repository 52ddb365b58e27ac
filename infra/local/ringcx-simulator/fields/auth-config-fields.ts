import type { AuthType, Fields } from "../records.ts";
import {
  checkedFields,
  type FieldRule,
  filledText,
  flag,
  httpUrl,
  int32,
  objects,
  oneOf,
  optional,
  required,
  same,
  text,
} from "./checked-fields.ts";

// Fields by type: Remote HTTP Service APIs, "Request Examples", and the vendor's OpenAPI description.

const rulesOf: Readonly<Record<AuthType, Readonly<Record<string, FieldRule>>>> = {
  APIKEY: { providerName: required(filledText), apiKey: required(filledText) },
  BASIC: { providerName: required(filledText), username: required(filledText), password: required(filledText) },
  OAUTH: {
    providerName: required(filledText),
    clientId: required(filledText),
    secret: required(filledText),
    tokenUrl: required(httpUrl),
    grantType: required(oneOf("CLIENT_CREDENTIALS", "PASSWORD", "REFRESH_TOKEN", "JWT_BEARER")),
    clientCredentialsSupplyIn: optional(oneOf("BODY", "QUERY_PARAM", "HEADER")),
    oauthProvider: optional(oneOf("ADMIN_POPULATED", "SFDC_WEBFLOW")),
    scope: optional(text),
    username: optional(text),
    password: optional(text),
    assertion: optional(text),
    otherParameters: optional(objects),
  },
  JWT: {
    providerName: required(filledText),
    algorithm: required(filledText),
    payload: required(filledText),
    addTokenTo: required(oneOf("REQUEST_HEADER", "QUERY_PARAM")),
    secret: optional(text),
    privateKey: optional(text),
    isSecretEncoded: optional(flag),
    headerPrefix: optional(text),
    queryParamName: optional(text),
    jwtHeaders: optional(text),
    expirationTime: optional(int32),
    isIncludeIssueAt: optional(flag),
  },
  CUSTOM_AUTH: {
    providerName: optional(text),
    wcgFunctionId: optional(text),
    allowedBaseUrl: optional(httpUrl),
    inputParams: optional(objects),
  },
};

/**
 * The fields of an auth config to create or to update.
 *
 * @throws {Refusal} 400 naming every field that is missing or wrong
 */
export function checkedAuthConfig(body: unknown, authType: AuthType, authConfigId: string): Fields {
  return checkedFields(body, {
    ...rulesOf[authType],
    description: optional(text),
    authType: optional(oneOf(authType)),
    authConfigId: optional(same(authConfigId)),
  });
}

import * as z from "zod";
import { Redacted } from "../../primitives/redacted.ts";
import { optionalField, optionalText, type WithConfined } from "./field-types.ts";

// Remote HTTP Service APIs, "External Auth Configurations", and the vendor's OpenAPI description for JWT and
// CUSTOM_AUTH. Creating and updating need the same fields: an update is not a merge of single fields.

/** How an auth config authenticates at the endpoint. */
export const authTypes = ["APIKEY", "BASIC", "OAUTH", "JWT", "CUSTOM_AUTH"] as const;
/** See {@link authTypes}. */
export type AuthType = (typeof authTypes)[number];

/** Fields that hold a credential, whatever the type. */
export const credentialFields = ["apiKey", "password", "secret", "assertion", "privateKey"] as const;
/** See {@link credentialFields}. */
export type CredentialField = (typeof credentialFields)[number];

const required = z.string().min(1);
const shared = {
  /** The auth config's name. */
  providerName: required,
  description: z.string().optional(),
};
const parameters = z.array(z.record(z.string(), z.unknown()));

/** Request body of an APIKEY auth config. */
export const apiKeyWriteSchema = z.strictObject({ ...shared, apiKey: required });

/** Request body of a BASIC auth config. */
export const basicWriteSchema = z.strictObject({ ...shared, username: required, password: required });

/** Request body of an OAUTH auth config. */
export const oauthWriteSchema = z.strictObject({
  ...shared,
  clientId: required,
  /** The client secret; RingCX does not call it `clientSecret`. */
  secret: required,
  tokenUrl: required,
  grantType: z.enum(["CLIENT_CREDENTIALS", "PASSWORD", "REFRESH_TOKEN", "JWT_BEARER"]),
  clientCredentialsSupplyIn: z.enum(["BODY", "QUERY_PARAM", "HEADER"]).optional(),
  oauthProvider: z.enum(["ADMIN_POPULATED", "SFDC_WEBFLOW"]).optional(),
  scope: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  assertion: z.string().optional(),
  otherParameters: parameters.optional(),
});

/** Request body of a JWT auth config. */
export const jwtWriteSchema = z.strictObject({
  ...shared,
  algorithm: required,
  payload: required,
  addTokenTo: z.enum(["REQUEST_HEADER", "QUERY_PARAM"]),
  secret: z.string().optional(),
  privateKey: z.string().optional(),
  isSecretEncoded: z.boolean().optional(),
  headerPrefix: z.string().optional(),
  queryParamName: z.string().optional(),
  jwtHeaders: z.string().optional(),
  expirationTime: z.int().optional(),
  isIncludeIssueAt: z.boolean().optional(),
});

/** Request body of a CUSTOM_AUTH auth config. */
export const customAuthWriteSchema = z.strictObject({
  ...shared,
  providerName: required.optional(),
  wcgFunctionId: z.string().optional(),
  allowedBaseUrl: z.string().optional(),
  inputParams: parameters.optional(),
});

/** The request body of each type, without `authType`. */
export const authConfigWriteSchemas = {
  APIKEY: apiKeyWriteSchema,
  BASIC: basicWriteSchema,
  OAUTH: oauthWriteSchema,
  JWT: jwtWriteSchema,
  CUSTOM_AUTH: customAuthWriteSchema,
} as const satisfies Record<AuthType, z.ZodObject>;

/** What a caller writes: credentials are always {@link Confined}, any other field may be. */
export type ApiKeyWrite = WithConfined<z.input<typeof apiKeyWriteSchema>, CredentialField>;
/** See {@link ApiKeyWrite}. */
export type BasicWrite = WithConfined<z.input<typeof basicWriteSchema>, CredentialField>;
/** See {@link ApiKeyWrite}. */
export type OAuthWrite = WithConfined<z.input<typeof oauthWriteSchema>, CredentialField>;
/** See {@link ApiKeyWrite}. */
export type JwtWrite = WithConfined<z.input<typeof jwtWriteSchema>, CredentialField>;
/** See {@link ApiKeyWrite}. */
export type CustomAuthWrite = WithConfined<z.input<typeof customAuthWriteSchema>, CredentialField>;

/** An auth config of any type, told apart by `authType`. */
export type AuthConfigWrite =
  | ({ authType: "APIKEY" } & ApiKeyWrite)
  | ({ authType: "BASIC" } & BasicWrite)
  | ({ authType: "OAUTH" } & OAuthWrite)
  | ({ authType: "JWT" } & JwtWrite)
  | ({ authType: "CUSTOM_AUTH" } & CustomAuthWrite);

const redacted = <Schema extends z.ZodType>(schema: Schema) =>
  optionalField(schema.transform((value) => new Redacted<z.output<Schema>>(value)));

/**
 * An auth config as RingCX answers it. Its credentials may be masked, absent or real, so they stay redacted
 * and must never be compared or written back.
 */
export const authConfigSchema = z.looseObject({
  authConfigId: z.string(),
  authType: optionalText,
  providerName: optionalText,
  description: optionalText,
  createdTime: optionalField(z.union([z.string(), z.number().transform(String)])),
  updatedTime: optionalField(z.union([z.string(), z.number().transform(String)])),
  apiKey: redacted(z.string()),
  password: redacted(z.string()),
  secret: redacted(z.string()),
  assertion: redacted(z.string()),
  privateKey: redacted(z.string()),
  otherParameters: redacted(z.unknown()),
  inputParams: redacted(z.unknown()),
  tokenResponse: redacted(z.unknown()),
});
/** An auth config as RingCX answers it; see {@link authConfigSchema}. */
export type AuthConfig = z.output<typeof authConfigSchema>;

/** Documented as `{ "records": [...] }`; a bare array would mean the same. */
export const authConfigListSchema = z.union([
  z.object({ records: z.array(authConfigSchema).nullish() }).transform(({ records }) => records ?? []),
  z.array(authConfigSchema),
]);

/** UUIDs are the same in upper and lower case. */
export function isSameId(a: string | undefined, b: string): boolean {
  return a?.toLowerCase() === b.toLowerCase();
}

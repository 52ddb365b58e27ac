import type { AuthType } from "../../../shared/ringcx/resources/auth-config.ts";

/** Where the OAuth client gets its tokens: a secret that names no other host names this one. */
export const tokenHost = "auth.example.com";

/** A secret's JSON for a type, its credential recognisable by `mark`; and the field of RingCX's that shows it. */
export const credentials: Readonly<
  Record<AuthType, { value(mark: string): Record<string, unknown>; shown: string; path: string }>
> = {
  APIKEY: { value: (mark) => ({ apiKey: mark }), shown: "apiKey", path: "apiKey" },
  BASIC: { value: (mark) => ({ username: "crm", password: mark }), shown: "password", path: "basic" },
  OAUTH: {
    value: (mark) => ({
      clientId: "crm-client",
      secret: mark,
      tokenUrl: `https://${tokenHost}/oauth/token`,
      grantType: "CLIENT_CREDENTIALS",
    }),
    shown: "secret",
    path: "oauth",
  },
  JWT: {
    value: (mark) => ({
      algorithm: "HS256",
      payload: '{"iss":"crm"}',
      addTokenTo: "REQUEST_HEADER",
      secret: mark,
    }),
    shown: "secret",
    path: "jwt",
  },
  CUSTOM_AUTH: {
    value: (mark) => ({ wcgFunctionId: "17", inputParams: [{ name: "key", value: mark }] }),
    shown: "inputParams",
    path: "customAuth",
  },
};

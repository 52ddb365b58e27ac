import type { Seed } from "../../infra/local/ringcx-simulator/seed.ts";
import { authTypes } from "../../shared/ringcx/resources/auth-config.ts";

/** An account that nothing but the admin page has touched. */
export const clickedAccount = "323456";

const jwtId = "0b8d0c54-5b1e-4a7e-9a5f-6d0a3c1f2e11";

const credentials = {
  APIKEY: { apiKey: "sekrit-1" },
  BASIC: { username: "ringcx", password: "hunter2hunter2" },
  OAUTH: {
    clientId: "ringcx",
    secret: "sekrit-2",
    tokenUrl: "https://auth.example.com/token",
    grantType: "CLIENT_CREDENTIALS",
  },
  JWT: { algorithm: "HS256", payload: "{}", addTokenTo: "REQUEST_HEADER", secret: "sekrit-3" },
  CUSTOM_AUTH: { wcgFunctionId: "sign" },
};

const config = (headers: Record<string, string> = {}) =>
  JSON.stringify({ url: "https://api.example.com/customers", headers });

/** What people have clicked together: every auth type, inputs, SOAP, credentials where they should not be. */
export const clickedSeed: Seed = {
  accounts: [
    {
      accountId: clickedAccount,
      authConfigs: authTypes.map((authType) => ({
        authType,
        providerName: `Clicked ${authType}`,
        ...(authType === "JWT" && { authConfigId: jwtId }),
        ...credentials[authType],
      })),
      groups: [
        {
          groupName: "CRM",
          services: [
            {
              serviceType: "HTTP_GET",
              serviceDescription: "Plain",
              httpServiceConfig: config({ Accept: "application/json" }),
              authConfigId: jwtId,
              isEnabled: true,
              enableMappings: true,
              httpServiceInputs: [
                { name: "ani", type: "PARAMETER", simpleDataType: "STRING", value: "", rank: "0" },
                { name: "dnis", type: "PARAMETER", simpleDataType: "STRING", value: "1", rank: "1" },
              ],
            },
            {
              serviceType: "SOAP",
              serviceDescription: "Soap",
              soapEndpoint: "https://soap.example.com/lookup",
              soapAction: "urn:lookup",
              soapOperationname: "lookup",
              targetNamespace: "urn:crm",
              isEnabled: false,
            },
            {
              serviceType: "HTTP_POST",
              serviceDescription: "With password",
              httpServiceConfig: config(),
              httpUsername: "ringcx",
              httpPassword: "hunter2hunter2",
              isEnabled: true,
            },
            {
              serviceType: "HTTP_POST",
              serviceDescription: "With header",
              httpServiceConfig: config({ "x-api-key": "k-7f3a9b2c", "x-tenant": "acme" }),
              isEnabled: true,
            },
          ],
        },
        { groupName: "Empty", services: [] },
      ],
    },
  ],
};

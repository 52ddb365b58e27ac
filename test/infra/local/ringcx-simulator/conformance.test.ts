import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv, type AnySchemaObject } from "ajv";
import { beforeAll, describe, expect, test } from "vitest";
import { startRingCxSimulator } from "../../../../infra/local/ringcx-simulator/server.ts";
import { authConfigId, groupBody, inputBody, serviceBody, soapBody } from "./conversation.ts";

// The vendor's OpenAPI description is not part of this project; where its extract lies beside it, every answer of
// the simulator is held against it. Nothing here is taken from the simulator itself.

const file = fileURLToPath(new URL("../../../../../shared/reference/ringcx-openapi.json", import.meta.url));
const isPresent = existsSync(file);

interface Description {
  paths: Record<string, Record<string, { operationId: string; responses: Record<string, { content?: Content }> }>>;
  components: { schemas: Record<string, AnySchemaObject> };
}
type Content = Record<"application/json", { schema: AnySchemaObject }>;

const description: Description = isPresent
  ? JSON.parse(readFileSync(file, "utf8"))
  : { paths: {}, components: { schemas: {} } };

/** In the extract, but not among the operations that this system is about. */
const notServed = ["getExternalAccountAuthConfigOauthInfo"];

const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { operationId, responses }]) => ({
    operationId,
    path,
    method: method.toUpperCase(),
    responses,
  })),
);

interface Exchange {
  method: string;
  pathname: string;
  status: number;
  body: unknown;
}
const exchanges: Exchange[] = [];

beforeAll(async () => {
  if (!isPresent) return;
  const simulator = await startRingCxSimulator();
  try {
    await callEverything(simulator);
  } finally {
    await simulator.stop();
  }
});

describe.skipIf(!isPresent)("answers match the vendor's OpenAPI description", () => {
  const validator = validatorOf(description);

  test.each(operations.filter(({ operationId }) => !notServed.includes(operationId)))(
    "$operationId",
    ({ path, method, responses }) => {
      const pattern = new RegExp(`^${path.replaceAll(/\{\w+\}/g, "(?!withChildren)[^/]+")}$`);
      const met = exchanges.filter((exchange) => exchange.method === method && pattern.test(exchange.pathname));
      expect(met.length).toBeGreaterThan(0);
      for (const { status, body } of met) {
        const answer = responses[status];
        expect(answer, `status ${status} is documented`).toBeDefined();
        expect(status).toBeLessThan(300);
        const schema = answer?.content?.["application/json"].schema;
        expect(schema ? validator(schema, body) : [], JSON.stringify(body)).toEqual([]);
      }
    },
  );

  test("only what the description has and the system leaves out is not served", () => {
    expect(operations.length).toBeGreaterThan(30);
    const names = operations.map(({ operationId }) => operationId);
    expect(names).toEqual(expect.arrayContaining(notServed));
  });
});

/** Calls each operation at least once, all with success. */
async function callEverything({
  url,
  accountId,
  accessToken,
  ...app
}: Awaited<ReturnType<typeof startRingCxSimulator>>) {
  const call: Call = async (method, path, body) => {
    const isForm = body instanceof URLSearchParams;
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: path.startsWith("/restapi")
          ? `Basic ${Buffer.from(`${app.clientId}:${app.clientSecret}`).toString("base64")}`
          : `Bearer ${accessToken}`,
        ...(!isForm && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: isForm ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer = text === "" ? undefined : JSON.parse(text);
    exchanges.push({ method, pathname: new URL(response.url).pathname, status: response.status, body: answer });
    return answer;
  };
  const platform = await call(
    "POST",
    "/restapi/oauth/token",
    new URLSearchParams({ grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion: app.jwt }),
  );
  const rc = new URLSearchParams({ rcAccessToken: platform.access_token, rcTokenType: "Bearer" });
  await call("POST", "/api/auth/login/rc/accesstoken?includeRefresh=true", rc);

  const v1 = `/voice/api/v1/admin/accounts/${accountId}`;
  await call("GET", "/voice/api/v1/admin/accounts");
  await callAuthConfigs(call, `${v1}/external/authConfigs`);
  const { serviceGroupId } = await call("POST", `${v1}/httpServiceGroups`, groupBody);
  const group = `${v1}/httpServiceGroups/${serviceGroupId}`;
  for (const body of [{ ...serviceBody, authConfigId, httpUsername: "u", httpPassword: "p" }, soapBody]) {
    const { serviceId } = await call("POST", `${group}/httpServices`, body);
    await callService(call, `${group}/httpServices/${serviceId}`, body.serviceDescription);
  }
  await call("GET", `${v1}/httpServiceGroups`);
  await call("GET", `${v1}/httpServiceGroups/withChildren?includePermissions=true`);
  await call("PUT", group, await call("GET", group));
  const v2 = `${group.replace("/v1/", "/v2/")}/httpServices`;
  const { serviceId, ...record } = (await call("GET", v2))[0] ?? {};
  await call("POST", v2, { ...record, serviceDescription: "Made in v2" });
  await call("GET", `${v2}/${serviceId}`);
  await call("PUT", `${v2}/${serviceId}`, { ...record, authConfigId });
  await call("DELETE", `${v2}/${serviceId}`);
}

type Call = (method: string, path: string, body?: unknown) => Promise<Answered & Answered[]>;

/** What is read out of one answer to ask the next question. */
interface Answered {
  serviceGroupId: number;
  serviceId: number;
  inputId: number;
  access_token: string;
}

async function callService(call: Call, service: string, name: string) {
  await call("GET", service.replace(/\/\d+$/, ""));
  await call("PUT", service, await call("GET", service));
  await call("POST", `${service}/clone?newName=${encodeURIComponent(`Clone of ${name}`)}`);
  await call("PUT", `${service}/setIsActive`, { isActive: true });
  const [input] = await call("POST", `${service}/inputs`, [inputBody]);
  await call("GET", `${service}/inputs`);
  await call("GET", `${service}/inputs/${input?.inputId}`);
  await call("DELETE", `${service}/inputs/${input?.inputId}`);
}

async function callAuthConfigs(call: Call, authConfigs: string) {
  const bodies = {
    basic: { providerName: "B", username: "u", password: "p" },
    oauth: {
      providerName: "C",
      clientId: "c",
      secret: "s",
      tokenUrl: "https://a.example.com",
      grantType: "PASSWORD",
      otherParameters: [{ audience: "crm" }],
    },
    jwt: { providerName: "D", algorithm: "HS256", payload: "{}", addTokenTo: "QUERY_PARAM", expirationTime: 60 },
    customAuth: { wcgFunctionId: "f", allowedBaseUrl: "https://a.example.com", inputParams: [{ name: "a" }] },
    apiKey: { providerName: "A", apiKey: "k", description: "Key" },
  };
  for (const [type, body] of Object.entries(bodies)) {
    await call("POST", `${authConfigs}/${authConfigId}/${type}`, body);
    await call("PATCH", `${authConfigs}/${authConfigId}/${type}`, body);
    await call("GET", `${authConfigs}/${authConfigId}`);
    await call("GET", authConfigs);
    // The API key stays, so that a service can refer to it.
    if (type !== "apiKey") await call("DELETE", `${authConfigs}/${authConfigId}`);
  }
}

/** Validates strictly: a field that the description does not have is an error too. */
function validatorOf({ components }: Description) {
  const schemas = structuredClone(components.schemas);
  for (const schema of Object.values(schemas)) if (schema.properties) schema.additionalProperties = false;
  const extend = (name: string, properties: AnySchemaObject) =>
    Object.assign(schemas[name]?.properties ?? {}, properties);
  // The description calls `rank` base64, which its own examples contradict.
  extend("RemoteHttpServiceInput", { rank: { type: "string" } });
  // Java collections of a type: lists in JSON.
  for (const name of ["RemoteHttpService", "RemoteHttpServiceInput"]) {
    schemas[`Collection${name}`] = { type: "array", items: { $ref: `#/components/schemas/${name}` } };
  }
  // The product's own document has the link in v1 as well.
  extend("RemoteHttpService", { authConfigId: { type: "string" } });
  // What one type's schema has and the schema of all types lacks.
  const { wcgFunctionId, allowedBaseUrl, inputParams } = schemas.AuthConfigCustomAuth?.properties ?? {};
  extend("GetExternalAuthConfigById200Response", { wcgFunctionId, allowedBaseUrl, inputParams });

  const ajv = new Ajv({ strict: false, allErrors: true });
  for (const format of ["int32", "int64"]) ajv.addFormat(format, { type: "number", validate: Number.isInteger });
  ajv.addFormat("uuid", /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  return (schema: AnySchemaObject, body: unknown): string[] => {
    const validate = ajv.compile({ ...schema, components: { schemas } });
    validate(body);
    return (validate.errors ?? []).map(({ instancePath, message, params }) =>
      [instancePath, message, JSON.stringify(params)].join(" "),
    );
  };
}

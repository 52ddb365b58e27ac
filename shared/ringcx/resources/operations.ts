import type { RingCxIds } from "./errors.ts";

/** An HTTP method that RingCX knows. */
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** One operation of the API: what errors and logs call it, where it is, and what the user must be allowed to do. */
export interface Operation {
  name: string;
  method: Method;
  /** Below `/voice/api`; `{...}` is filled from the ids. */
  path: string;
  permission: string;
}

const account = "/v1/admin/accounts/{accountId}";
const group = `${account}/httpServiceGroups/{serviceGroupId}`;
const service = `${group}/httpServices/{serviceId}`;
const serviceV2 = service.replace("/v1/", "/v2/");
const authConfig = `${account}/external/authConfigs/{authConfigId}`;

// name: [method, path, permission]. Permissions: the vendor's API reference of each operation.
const table = {
  "accounts.list": ["GET", "/v1/admin/accounts", "READ on Account (scope ReadAccounts)"],

  "groups.list": ["GET", `${account}/httpServiceGroups`, "READ on Account"],
  "groups.create": ["POST", `${account}/httpServiceGroups`, "CREATE on Account"],
  "groups.listWithChildren": ["GET", `${account}/httpServiceGroups/withChildren`, "READ on Account"],
  "groups.get": ["GET", group, "READ on Remote HTTP Service Group"],
  "groups.update": ["PUT", group, "UPDATE on Remote HTTP Service Group"],

  "services.list": ["GET", `${group}/httpServices`, "READ on Remote HTTP Service Group"],
  "services.create": ["POST", `${group}/httpServices`, "CREATE on Remote HTTP Service Group"],
  "services.get": ["GET", service, "READ on HTTP Service"],
  "services.update": ["PUT", service, "UPDATE on HTTP Service"],
  "services.clone": ["POST", `${service}/clone`, "READ on HTTP Service and CREATE on Remote HTTP Service Group"],
  "services.setActive": ["PUT", `${service}/setIsActive`, "UPDATE on HTTP Service"],
  "services.listV2": ["GET", `${group}/httpServices`.replace("/v1/", "/v2/"), "READ on Remote HTTP Service Group"],
  "services.getV2": ["GET", serviceV2, "READ on HTTP Service"],
  "services.updateV2": ["PUT", serviceV2, "UPDATE on HTTP Service"],
  "services.delete": ["DELETE", serviceV2, "DELETE on HTTP Service"],

  "inputs.list": ["GET", `${service}/inputs`, "READ on HTTP Service"],
  "inputs.create": ["POST", `${service}/inputs`, "UPDATE on HTTP Service"],
  "inputs.get": ["GET", `${service}/inputs/{inputId}`, "READ on HTTP Service"],
  "inputs.delete": ["DELETE", `${service}/inputs/{inputId}`, "UPDATE on HTTP Service"],

  "authConfigs.list": ["GET", `${account}/external/authConfigs`, "READ on External Auth Config"],
  "authConfigs.get": ["GET", authConfig, "READ on External Auth Config"],
  "authConfigs.delete": ["DELETE", authConfig, "DELETE on External Auth Config"],
  "authConfigs.createApiKey": ["POST", `${authConfig}/apiKey`, "CREATE on External Auth Config"],
  "authConfigs.createBasic": ["POST", `${authConfig}/basic`, "CREATE on External Auth Config"],
  "authConfigs.createOAuth": ["POST", `${authConfig}/oauth`, "CREATE on External Auth Config"],
  "authConfigs.createJwt": ["POST", `${authConfig}/jwt`, "CREATE on External Auth Config"],
  "authConfigs.createCustomAuth": ["POST", `${authConfig}/customAuth`, "CREATE on External Auth Config"],
  "authConfigs.updateApiKey": ["PATCH", `${authConfig}/apiKey`, "UPDATE on External Auth Config"],
  "authConfigs.updateBasic": ["PATCH", `${authConfig}/basic`, "UPDATE on External Auth Config"],
  "authConfigs.updateOAuth": ["PATCH", `${authConfig}/oauth`, "UPDATE on External Auth Config"],
  "authConfigs.updateJwt": ["PATCH", `${authConfig}/jwt`, "UPDATE on External Auth Config"],
  "authConfigs.updateCustomAuth": ["PATCH", `${authConfig}/customAuth`, "UPDATE on External Auth Config"],
} as const satisfies Record<string, readonly [Method, string, string]>;

/** The name of an operation, such as `services.update`. */
export type OperationName = keyof typeof table;

/** Every operation that the client knows, by name. */
export const operations = Object.fromEntries(
  Object.entries(table).map(([name, [method, path, permission]]) => [name, { name, method, path, permission }]),
) as Readonly<Record<OperationName, Operation>>;

const idForms: Readonly<Record<keyof RingCxIds, { form: RegExp; expected: string }>> = {
  accountId: { form: /^\d+$/, expected: "a string of digits" },
  serviceGroupId: { form: /^\d+$/, expected: "a whole number" },
  serviceId: { form: /^\d+$/, expected: "a whole number" },
  inputId: { form: /^\d+$/, expected: "a whole number" },
  authConfigId: { form: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, expected: "a UUID" },
};

/** The path of an operation with its ids filled in, or what is wrong with the ids. */
export function pathOf({ path }: Operation, ids: RingCxIds): { path: string } | { problems: string[] } {
  const problems: string[] = [];
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: keyof RingCxIds) => {
    const id = String(ids[name]);
    if (!idForms[name].form.test(id)) problems.push(`${name}: expected ${idForms[name].expected}`);
    return id;
  });
  return problems.length > 0 ? { problems } : { path: filled };
}

import * as z from "zod";
import {
  type AuthConfigWrite,
  type AuthType,
  authConfigListSchema,
  authConfigSchema,
  authConfigWriteSchemas,
} from "../resources/auth-config.ts";
import { httpServiceSchema, httpServiceV2Schema, httpServiceWriteSchema } from "../resources/http-service.ts";
import type { OperationName } from "../resources/operations.ts";
import { serviceGroupSchema, serviceGroupWriteSchema } from "../resources/service-group.ts";
import { serviceInputSchema, serviceInputWriteSchema } from "../resources/service-input.ts";
import type { AuthConfigs, Groups, Inputs, Page, Services } from "./api.ts";
import type { Call } from "./call.ts";

/** Calls an operation of one account, whose id is filled in. */
export type CallOperation = <Answer>(
  name: OperationName,
  answer: z.ZodType<Answer>,
  rest?: Partial<Pick<Call<Answer>, "ids" | "query" | "body">>,
) => Promise<Answer>;

// A list with nothing in it may come as an empty body.
const listOf = <Schema extends z.ZodType>(schema: Schema) => z.array(schema).default([]);
const nothing = z.unknown().transform(() => undefined);
// The new state is taken when RingCX says so with its status; the documented bare boolean adds nothing to it.
const acknowledged = z.boolean().default(true);

/** The calls on service groups. */
export function groupsOf(call: CallOperation): Groups {
  const schema = serviceGroupWriteSchema;
  return {
    list: (page) => call("groups.list", listOf(serviceGroupSchema), { query: rows(page) }),
    create: (value) => call("groups.create", serviceGroupSchema, { body: { schema, value } }),
    listWithChildren: ({ includePermissions } = {}) =>
      call("groups.listWithChildren", listOf(serviceGroupSchema), { query: { includePermissions } }),
    get: (serviceGroupId) => call("groups.get", serviceGroupSchema, { ids: { serviceGroupId } }),
    update: (serviceGroupId, value) =>
      call("groups.update", serviceGroupSchema, { ids: { serviceGroupId }, body: { schema, value } }),
  };
}

/** The calls on services. */
export function servicesOf(call: CallOperation): Services {
  const schema = httpServiceWriteSchema;
  return {
    list: (serviceGroupId, page) =>
      call("services.list", listOf(httpServiceSchema), { ids: { serviceGroupId }, query: rows(page) }),
    create: (serviceGroupId, value) =>
      call("services.create", httpServiceSchema, { ids: { serviceGroupId }, body: { schema, value } }),
    get: (serviceGroupId, serviceId) => call("services.get", httpServiceSchema, { ids: { serviceGroupId, serviceId } }),
    update: (serviceGroupId, serviceId, value) =>
      call("services.update", httpServiceSchema, { ids: { serviceGroupId, serviceId }, body: { schema, value } }),
    clone: (serviceGroupId, serviceId, newName) =>
      call("services.clone", httpServiceSchema, { ids: { serviceGroupId, serviceId }, query: { newName } }),
    setActive: (serviceGroupId, serviceId, isActive) =>
      call("services.setActive", acknowledged, {
        ids: { serviceGroupId, serviceId },
        body: { schema: z.strictObject({ isActive: z.boolean() }), value: { isActive } },
      }),
    listV2: (serviceGroupId, page) =>
      call("services.listV2", listOf(httpServiceV2Schema), { ids: { serviceGroupId }, query: rows(page) }),
    getV2: (serviceGroupId, serviceId) =>
      call("services.getV2", httpServiceV2Schema, { ids: { serviceGroupId, serviceId } }),
    updateV2: (serviceGroupId, serviceId, value) =>
      call("services.updateV2", httpServiceV2Schema, {
        ids: { serviceGroupId, serviceId },
        body: { schema: z.looseObject({}), value },
      }),
    delete: (serviceGroupId, serviceId) => call("services.delete", nothing, { ids: { serviceGroupId, serviceId } }),
  };
}

/** The calls on inputs. */
export function inputsOf(call: CallOperation): Inputs {
  const schema = z.array(serviceInputWriteSchema);
  return {
    list: (serviceGroupId, serviceId) =>
      call("inputs.list", listOf(serviceInputSchema), { ids: { serviceGroupId, serviceId } }),
    create: (serviceGroupId, serviceId, value) =>
      call("inputs.create", z.array(serviceInputSchema), {
        ids: { serviceGroupId, serviceId },
        body: { schema, value },
      }),
    get: (serviceGroupId, serviceId, inputId) =>
      call("inputs.get", serviceInputSchema, { ids: { serviceGroupId, serviceId, inputId } }),
    delete: (serviceGroupId, serviceId, inputId) =>
      call("inputs.delete", acknowledged, { ids: { serviceGroupId, serviceId, inputId } }),
  };
}

/** Where each type is written. */
const byType = {
  APIKEY: { create: "authConfigs.createApiKey", update: "authConfigs.updateApiKey" },
  BASIC: { create: "authConfigs.createBasic", update: "authConfigs.updateBasic" },
  OAUTH: { create: "authConfigs.createOAuth", update: "authConfigs.updateOAuth" },
  JWT: { create: "authConfigs.createJwt", update: "authConfigs.updateJwt" },
  CUSTOM_AUTH: { create: "authConfigs.createCustomAuth", update: "authConfigs.updateCustomAuth" },
} as const satisfies Record<AuthType, Record<"create" | "update", OperationName>>;

/** The calls on auth configs. */
export function authConfigsOf(call: CallOperation): AuthConfigs {
  const write = (way: "create" | "update", authConfigId: string, value: AuthConfigWrite) => {
    const { authType } = value;
    const schema = authConfigWriteSchemas[authType].extend({ authType: z.literal(authType) });
    return call(byType[authType][way], authConfigSchema, { ids: { authConfigId }, body: { schema, value } });
  };
  return {
    list: (page) => call("authConfigs.list", authConfigListSchema, { query: rows(page) }),
    get: (authConfigId) => call("authConfigs.get", authConfigSchema, { ids: { authConfigId } }),
    delete: (authConfigId) => call("authConfigs.delete", nothing, { ids: { authConfigId } }),
    create: (id, config) => write("create", id, config),
    createApiKey: (id, config) => write("create", id, { ...config, authType: "APIKEY" }),
    createBasic: (id, config) => write("create", id, { ...config, authType: "BASIC" }),
    createOAuth: (id, config) => write("create", id, { ...config, authType: "OAUTH" }),
    createJwt: (id, config) => write("create", id, { ...config, authType: "JWT" }),
    createCustomAuth: (id, config) => write("create", id, { ...config, authType: "CUSTOM_AUTH" }),
    update: (id, config) => write("update", id, config),
    updateApiKey: (id, config) => write("update", id, { ...config, authType: "APIKEY" }),
    updateBasic: (id, config) => write("update", id, { ...config, authType: "BASIC" }),
    updateOAuth: (id, config) => write("update", id, { ...config, authType: "OAUTH" }),
    updateJwt: (id, config) => write("update", id, { ...config, authType: "JWT" }),
    updateCustomAuth: (id, config) => write("update", id, { ...config, authType: "CUSTOM_AUTH" }),
  };
}

function rows({ page, maxRows }: Page = {}) {
  return { page, maxRows };
}

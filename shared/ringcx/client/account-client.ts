import * as z from "zod";
import { AssumptionBrokenError, replacedAuthConfigId } from "../resources/assumption-broken-error.ts";
import {
  type AuthConfig,
  type AuthConfigWrite,
  type AuthType,
  authConfigListSchema,
  authConfigSchema,
  authConfigWriteSchemas,
  authTypes,
  isSameId,
} from "../resources/auth-config.ts";
import { AmbiguousWriteError, RingCxNotFoundError } from "../resources/errors.ts";
import { httpServiceSchema, httpServiceV2Schema, httpServiceWriteSchema } from "../resources/http-service.ts";
import { type OperationName, operations } from "../resources/operations.ts";
import { serviceGroupSchema, serviceGroupWriteSchema } from "../resources/service-group.ts";
import { serviceInputSchema, serviceInputWriteSchema } from "../resources/service-input.ts";
import type { AuthConfigs, Groups, Inputs, Page, Services } from "./api.ts";
import type { Call } from "./call.ts";
import { servedV2, type V1Memory } from "./served-v2.ts";
import { wholeList, wholeTree } from "./whole-list.ts";

/** Calls an operation of one account, whose id is filled in. */
export type CallOperation = <Answer>(
  name: OperationName,
  answer: z.ZodType<Answer>,
  rest?: Partial<Pick<Call<Answer>, "ids" | "query" | "body" | "isAnswerFree">>,
) => Promise<Answer>;

// A list with nothing in it may come as an empty body.
const listOf = <Schema extends z.ZodType>(schema: Schema) => z.array(schema).default([]);
// Made once: to make a schema takes longer than to use it.
const lists = {
  groups: listOf(serviceGroupSchema),
  services: listOf(httpServiceSchema),
  servicesV2: listOf(httpServiceV2Schema),
  inputs: listOf(serviceInputSchema),
};
const orNothing = {
  group: serviceGroupSchema.optional(),
  service: httpServiceSchema.optional(),
  serviceV2: httpServiceV2Schema.optional(),
  authConfig: authConfigSchema.optional(),
};
const createdInputsSchema = z.array(serviceInputSchema);
const writtenInputsSchema = z.array(serviceInputWriteSchema);
const isActiveSchema = z.strictObject({ isActive: z.boolean() });
const anyRecordSchema = z.looseObject({});
const nothing = z.unknown().transform(() => undefined);
// It is done when RingCX says so with its status; the documented bare boolean adds nothing to it.
const acknowledged = z.union([z.boolean(), z.unknown().transform(() => true)]);

/** An update that is answered with nothing was carried out: the record is read. */
async function readBack<Answer>(update: Promise<Answer | undefined>, read: () => Promise<Answer>): Promise<Answer> {
  return (await update) ?? read();
}

/** The calls on service groups. @param knownWhole see {@link wholeTree} */
export function groupsOf(call: CallOperation, services: Pick<Services, "list">, knownWhole: Set<number>): Groups {
  const schema = serviceGroupWriteSchema;
  const get: Groups["get"] = (serviceGroupId) => call("groups.get", serviceGroupSchema, { ids: { serviceGroupId } });
  const list: Groups["list"] = (page) => call("groups.list", lists.groups, { query: rows(page) });
  return {
    list,
    listAll: () => wholeList(list, ({ serviceGroupId }) => serviceGroupId),
    create: (value) => call("groups.create", serviceGroupSchema, { body: { schema, value } }),
    async listWithChildren({ includePermissions } = {}) {
      const tree = await call("groups.listWithChildren", lists.groups, { query: { includePermissions } });
      return wholeTree(tree, services.list, knownWhole);
    },
    get,
    update: (serviceGroupId, value) =>
      readBack(call("groups.update", orNothing.group, { ids: { serviceGroupId }, body: { schema, value } }), () =>
        get(serviceGroupId),
      ),
  };
}

/** The calls on services. @param options.told throws an error on, once it is told where it belongs */
export function servicesOf(
  call: CallOperation,
  { told, ...memory }: V1Memory & { told: (error: unknown) => never },
): Services {
  const schema = httpServiceWriteSchema;
  const get: Services["get"] = (serviceGroupId, serviceId) =>
    call("services.get", httpServiceSchema, { ids: { serviceGroupId, serviceId } });
  const v2 = <Answer>(asked: Promise<Answer>, readV1: () => Promise<unknown>) =>
    servedV2(asked, readV1, memory).catch(told);
  const listV2: Services["listV2"] = (serviceGroupId, page) =>
    v2(call("services.listV2", lists.servicesV2, { ids: { serviceGroupId }, query: rows(page) }), () =>
      list(serviceGroupId, { maxRows: 1 }),
    );
  const getV2: Services["getV2"] = (serviceGroupId, serviceId) =>
    v2(call("services.getV2", httpServiceV2Schema, { ids: { serviceGroupId, serviceId } }), () =>
      get(serviceGroupId, serviceId),
    );
  const list: Services["list"] = (serviceGroupId, page) =>
    call("services.list", lists.services, { ids: { serviceGroupId }, query: rows(page) });
  return {
    list,
    listAll: (serviceGroupId) =>
      wholeList(
        (page) => list(serviceGroupId, page),
        ({ serviceId }) => serviceId,
      ),
    create: (serviceGroupId, value) =>
      call("services.create", httpServiceSchema, { ids: { serviceGroupId }, body: { schema, value } }),
    get,
    update(serviceGroupId, serviceId, value) {
      const ids = { serviceGroupId, serviceId };
      const updated = call("services.update", orNothing.service, { ids, body: { schema, value } });
      return readBack(updated, () => get(serviceGroupId, serviceId));
    },
    clone: (serviceGroupId, serviceId, newName) =>
      call("services.clone", httpServiceSchema, { ids: { serviceGroupId, serviceId }, query: { newName } }),
    setActive: (serviceGroupId, serviceId, isActive) =>
      call("services.setActive", acknowledged, {
        ids: { serviceGroupId, serviceId },
        body: { schema: isActiveSchema, value: { isActive } },
        isAnswerFree: true,
      }),
    listV2,
    listAllV2: (serviceGroupId) =>
      wholeList(
        (page) => listV2(serviceGroupId, page),
        ({ serviceId }) => serviceId,
      ),
    getV2,
    updateV2(serviceGroupId, serviceId, value) {
      const ids = { serviceGroupId, serviceId };
      const body = { schema: anyRecordSchema, value };
      const updated = v2(call("services.updateV2", orNothing.serviceV2, { ids, body }), () =>
        get(serviceGroupId, serviceId),
      );
      return readBack(updated, () => getV2(serviceGroupId, serviceId));
    },
    delete: (serviceGroupId, serviceId) =>
      v2(call("services.delete", nothing, { ids: { serviceGroupId, serviceId }, isAnswerFree: true }), () =>
        get(serviceGroupId, serviceId),
      ),
  };
}

/** The calls on inputs. */
export function inputsOf(call: CallOperation): Inputs {
  const schema = writtenInputsSchema;
  return {
    list: (serviceGroupId, serviceId) => call("inputs.list", lists.inputs, { ids: { serviceGroupId, serviceId } }),
    create: (serviceGroupId, serviceId, value) =>
      call("inputs.create", createdInputsSchema, {
        ids: { serviceGroupId, serviceId },
        body: { schema, value },
      }),
    get: (serviceGroupId, serviceId, inputId) =>
      call("inputs.get", serviceInputSchema, { ids: { serviceGroupId, serviceId, inputId } }),
    delete: (serviceGroupId, serviceId, inputId) =>
      call("inputs.delete", acknowledged, { ids: { serviceGroupId, serviceId, inputId }, isAnswerFree: true }),
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

/** With the type, which tells them apart here and is no part of what is sent. */
const typedWriteSchemas = Object.fromEntries(
  authTypes.map((authType) => [authType, authConfigWriteSchemas[authType].extend({ authType: z.literal(authType) })]),
) as unknown as Readonly<Record<AuthType, z.ZodType<AuthConfigWrite>>>;

/** The calls on auth configs. @param told throws an error on, once it is told where it belongs */
export function authConfigsOf(call: CallOperation, told: (error: unknown) => never): AuthConfigs {
  const list: AuthConfigs["list"] = (page) => call("authConfigs.list", authConfigListSchema, { query: rows(page) });
  const get: AuthConfigs["get"] = (authConfigId) =>
    call("authConfigs.get", authConfigSchema, { ids: { authConfigId } });
  const write = async (way: "create" | "update", authConfigId: string, value: AuthConfigWrite) => {
    const { authType } = value;
    const schema = typedWriteSchemas[authType];
    const rest = { ids: { authConfigId }, body: { schema, value } };
    const operation = byType[authType][way];
    const written = await readBack(call(operation, orNothing.authConfig, rest), () =>
      // What is read may be older than the write: then the time that it names is that of an earlier one.
      get(authConfigId).then(
        ({ updatedTime: _, ...read }): AuthConfig => read,
        (error: unknown): AuthConfig => {
          if (way === "create") throw unseenAfterCreation(authConfigId, operation);
          if (!(error instanceof RingCxNotFoundError)) throw error;
          // It was taken, and cannot be read yet: that is no reason to send it once more.
          return { authConfigId, authType, providerName: nameIn(value) };
        },
      ),
    );
    const broken = answeredUnderOtherId(authConfigId, operation, written);
    return broken ? told(broken) : written;
  };
  return {
    list,
    listAll: () => wholeList(list, ({ authConfigId }) => authConfigId),
    get,
    delete: (authConfigId) => call("authConfigs.delete", nothing, { ids: { authConfigId }, isAnswerFree: true }),
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

function nameIn({ providerName }: AuthConfigWrite): string | undefined {
  return typeof providerName === "string" ? providerName : undefined;
}

/** Taken, answered with nothing, and not read for whatever reason: it may be there, under this id or another one. */
function unseenAfterCreation(authConfigId: string, operation: OperationName): AmbiguousWriteError {
  const { permission } = operations[operation];
  const reason = "it was answered with nothing, and could not be read";
  return new AmbiguousWriteError({ operation, permission, ids: { authConfigId }, reason });
}

/** Where RingCX did not keep the UUID: after a lost answer nobody would find it again. */
function answeredUnderOtherId(
  authConfigId: string,
  operation: OperationName,
  written: AuthConfig,
): AssumptionBrokenError | undefined {
  if (isSameId(written.authConfigId, authConfigId)) return undefined;
  const { permission } = operations[operation];
  const reason = `it was answered with authConfigId ${written.authConfigId}`;
  return new AssumptionBrokenError(
    { operation, permission, ids: { authConfigId }, reason },
    replacedAuthConfigId(written.authConfigId),
  );
}

function rows({ page, maxRows }: Page = {}) {
  return { page, maxRows };
}

import type { Permission } from "../access/permissions.ts";
import type { Answer } from "../answer.ts";
import type { Access } from "../behaviour/staleness.ts";
import type { AuthType } from "../records.ts";
import { listAccounts } from "./accounts.ts";
import {
  authTypePaths,
  createAuthConfig,
  deleteAuthConfig,
  getAuthConfig,
  listAuthConfigs,
  updateAuthConfig,
} from "./auth-configs.ts";
import { createGroup, getGroup, listGroups, listGroupsWithChildren, updateGroup } from "./groups.ts";
import { deleteInput, getInput, listInputs, saveInputs } from "./inputs.ts";
import { cloneService, createService, getService, listServices, setIsActive, updateService } from "./services.ts";
import { createServiceV2, deleteService, getServiceV2, listServicesV2, updateServiceV2 } from "./services-v2.ts";
import type { VoiceCall } from "./voice-call.ts";

/** One operation of the voice API, under the id that the vendor's OpenAPI description gives it. */
export interface VoiceOperation {
  operation: string;
  method: string;
  path: string;
  /** What the user must be allowed to do, all of it. */
  needs: readonly Permission[];
  /** Which state of the account it sees. */
  access: Access;
  run: (call: VoiceCall) => Answer;
}

const account = "/voice/api/v1/admin/accounts/{accountId}";
const groups = `${account}/httpServiceGroups`;
const group = `${groups}/{serviceGroupId}`;
const services = `${group}/httpServices`;
const service = `${services}/{serviceId}`;
const inputs = `${service}/inputs`;
const servicesV2 = services.replace("/v1/", "/v2/");
const serviceV2 = service.replace("/v1/", "/v2/");
const authConfigs = `${account}/external/authConfigs`;
const authConfig = `${authConfigs}/{authConfigId}`;

const groupOperations: VoiceOperation[] = [
  operation("getHttpServiceGroupList", "GET", groups, listGroups, "READ on Account"),
  operation("createHttpServiceGroup", "POST", groups, createGroup, "CREATE on Account"),
  operation(
    "getHttpServiceGroupListWithChildren",
    "GET",
    `${groups}/withChildren`,
    listGroupsWithChildren,
    "READ on Account",
  ),
  operation("getHttpServiceGroup", "GET", group, getGroup, "READ on HttpServiceGroup"),
  operation("updateHttpServiceGroup", "PUT", group, updateGroup, "UPDATE on HttpServiceGroup"),
];

const serviceOperations: VoiceOperation[] = [
  operation("getHttpServiceList", "GET", services, listServices, "READ on HttpServiceGroup"),
  operation("createHttpService", "POST", services, createService, "CREATE on HttpServiceGroup"),
  operation("getHttpService", "GET", service, getService, "READ on HttpService"),
  operation("updateHttpService", "PUT", service, updateService, "UPDATE on HttpService"),
  operation(
    "cloneHttpService",
    "POST",
    `${service}/clone`,
    cloneService,
    "READ on HttpService",
    "CREATE on HttpServiceGroup",
  ),
  operation("setHttpServiceIsActive", "PUT", `${service}/setIsActive`, setIsActive, "UPDATE on HttpService"),
  operation("getRemoteHttpServiceListUsingGET", "GET", servicesV2, listServicesV2, "READ on HttpServiceGroup"),
  operation("createRemoteHttpServiceUsingPOST", "POST", servicesV2, createServiceV2, "CREATE on HttpServiceGroup"),
  operation("getRemoteHttpServiceUsingGET", "GET", serviceV2, getServiceV2, "READ on HttpService"),
  operation("updateRemoteHttpServiceUsingPUT", "PUT", serviceV2, updateServiceV2, "UPDATE on HttpService"),
  operation("deleteRemoteHttpServiceUsingDELETE", "DELETE", serviceV2, deleteService, "DELETE on HttpService"),
];

const inputOperations: VoiceOperation[] = [
  operation("getHttpServiceInputList", "GET", inputs, listInputs, "READ on HttpService"),
  operation("createHttpServiceInput", "POST", inputs, saveInputs, "UPDATE on HttpService"),
  operation("getHttpServiceInput", "GET", `${inputs}/{inputId}`, getInput, "READ on HttpService"),
  operation("deleteHttpServiceInput", "DELETE", `${inputs}/{inputId}`, deleteInput, "UPDATE on HttpService"),
];

const authConfigOperations: VoiceOperation[] = [
  operation("getExternalAuthConfigsList", "GET", authConfigs, listAuthConfigs, "READ on ExternalAuthConfig"),
  operation("getExternalAuthConfigById", "GET", authConfig, getAuthConfig, "READ on ExternalAuthConfig"),
  operation("deleteExternalAuthConfigById", "DELETE", authConfig, deleteAuthConfig, "DELETE on ExternalAuthConfig"),
  ...Object.entries(authTypePaths).flatMap(([type, path]) => authTypeOperations(type as AuthType, path)),
];

/** Every operation below `/voice/api` that the simulator serves. */
export const voiceOperations: readonly VoiceOperation[] = [
  operation("getAllAccounts", "GET", "/voice/api/v1/admin/accounts", listAccounts, "ReadAccounts"),
  ...groupOperations,
  ...serviceOperations,
  ...inputOperations,
  ...authConfigOperations,
];

function authTypeOperations(type: AuthType, path: string): VoiceOperation[] {
  const name = path === "oauth" ? "OAuth" : `${path.charAt(0).toUpperCase()}${path.slice(1)}`;
  const at = `${authConfig}/${path}`;
  return [
    operation(
      `createExternalAccountAuthConfig${name}`,
      "POST",
      at,
      createAuthConfig(type),
      "CREATE on ExternalAuthConfig",
    ),
    operation(`patchExternalAuthConfig${name}`, "PATCH", at, updateAuthConfig(type), "UPDATE on ExternalAuthConfig"),
  ];
}

function operation(
  name: string,
  method: string,
  path: string,
  run: VoiceOperation["run"],
  ...needs: Permission[]
): VoiceOperation {
  const reads = name.includes("List") ? "list" : "single";
  return { operation: name, method, path, needs, access: method === "GET" ? reads : "write", run };
}

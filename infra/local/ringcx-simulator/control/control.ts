import { checkedPermissions, type UserPermissions } from "../access/permissions.ts";
import type { Tokens } from "../access/tokens.ts";
import { type Answer, ok } from "../answer.ts";
import { defaultProfile } from "../assumptions/profile.ts";
import { errorAnswers } from "../behaviour/errors.ts";
import { checkedFields, int32, isObject, optional, required } from "../fields/checked-fields.ts";
import { fingerprinted } from "../fields/masking.ts";
import { jsonBody } from "../json-body.ts";
import type { Fields, RingCxState } from "../records.ts";
import { Refusal } from "../refusal.ts";
import { Router } from "../router.ts";
import { type AdminPage, editService, type ServiceAddress } from "./admin-page.ts";
import { callService, type ServiceCall } from "./calls.ts";
import { checkedFault, type Faults } from "./faults.ts";
import type { LoggedRequest } from "./request-log.ts";

/** Where the simulator itself is looked at and told to misbehave. Nothing here counts as a request to RingCX. */
export const controlPrefix = "/_simulator/";

export interface ControlParts extends AdminPage {
  requests: LoggedRequest[];
  faults: Faults;
  tokens: Tokens;
  permissions: UserPermissions;
}

const answerOf = errorAnswers(defaultProfile);

type Run = (parts: ControlParts, body: unknown) => Answer | Promise<Answer>;

const router = new Router<Run>([
  route("GET", "requests", ({ requests }) => ok(requests)),
  route("DELETE", "requests", ({ requests }) => {
    requests.length = 0;
    return { status: 204 };
  }),
  route("GET", "state", ({ state }) => ok(stateWithoutSecrets(state))),
  route("GET", "faults", ({ faults }) => ok(faults.pending)),
  route("POST", "faults", ({ faults }, body) => {
    faults.add(...(Array.isArray(body) ? body : [body]).map(checkedFault));
    return ok(faults.pending);
  }),
  route("DELETE", "faults", ({ faults }) => {
    faults.clear();
    return { status: 204 };
  }),
  route("POST", "expire-tokens", ({ tokens }, body) => {
    tokens.expireAll({ refreshTokens: isObject(body) && body.refreshTokens === true });
    return { status: 204 };
  }),
  route("GET", "permissions", ({ permissions }) => ok(permissions.granted)),
  route("PUT", "permissions", ({ permissions }, body) => {
    permissions.set(checkedPermissions(body));
    return ok(permissions.granted);
  }),
  route("POST", "calls", async ({ state, now }, body) => ok(await callService(state, checkedCall(body), now))),
  route("POST", "edits", (parts, body) => {
    const { changes, ...address } = checkedEdit(body);
    return ok(fingerprinted(editService(parts, address, changes)));
  }),
]);

/** Answers a request below {@link controlPrefix}. @param body the request's body as text */
export async function answerControl(
  parts: ControlParts,
  { method, pathname, body }: { method: string; pathname: string; body: string },
): Promise<Answer> {
  try {
    const match = router.find(method, pathname);
    if (!match || "methods" in match) throw new Refusal(404, "not.found", `No ${method} ${pathname}`);
    return await match.target(parts, body === "" ? undefined : jsonBody(body));
  } catch (error) {
    return answerOf(error, parts.now());
  }
}

function stateWithoutSecrets(state: RingCxState): Fields {
  return {
    accounts: state.accounts.map(({ groups, authConfigs, ...account }) => ({
      ...account,
      groups: groups.map(({ services, ...group }) => ({ ...group, services: services.map(fingerprinted) })),
      authConfigs: authConfigs.map(fingerprinted),
    })),
  };
}

const addressRules = {
  accountId: required((value) => (typeof value === "string" ? undefined : "must be a string")),
  serviceGroupId: required(int32),
  serviceId: required(int32),
};

function checkedCall(body: unknown): ServiceCall {
  const inputs = optional((value) => (isObject(value) ? undefined : "must be an object"));
  return checkedFields(body, { ...addressRules, inputs }) as Fields as unknown as ServiceCall;
}

function checkedEdit(body: unknown): ServiceAddress & { changes: Fields } {
  const changes = required((value) => (isObject(value) ? undefined : "must be an object"));
  return checkedFields(body, { ...addressRules, changes }) as Fields as unknown as ServiceAddress & { changes: Fields };
}

function route(method: string, name: string, target: Run) {
  return { method, path: `${controlPrefix}${name}`, target };
}

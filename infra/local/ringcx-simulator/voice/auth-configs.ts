import { type Answer, ok } from "../answer.ts";
import { checkedAuthConfig } from "../fields/auth-config-fields.ts";
import { isObject, uuid } from "../fields/checked-fields.ts";
import type { AccountRecord, AuthConfigRecord, AuthType, Fields } from "../records.ts";
import { badRequest, notFound } from "../refusal.ts";
import type { VoiceCall } from "./voice-call.ts";

// Remote HTTP Service APIs, "External Auth Configurations"; PATCH from the vendor's OpenAPI description.

/** The last part of the path of create and update, and what it stands for. */
export const authTypePaths: Readonly<Record<AuthType, string>> = {
  APIKEY: "apiKey",
  BASIC: "basic",
  OAUTH: "oauth",
  JWT: "jwt",
  CUSTOM_AUTH: "customAuth",
};

export function listAuthConfigs(call: VoiceCall): Answer {
  const { lists, authConfigs } = call.behaviour;
  return ok(authConfigs.listed(lists.pageOf(call.account.authConfigs, call.query)));
}

export function getAuthConfig(call: VoiceCall): Answer {
  const config = authConfigIn(call);
  return config ? ok(config) : call.behaviour.authConfigs.answerGone(authConfigIdOf(call));
}

/** @throws {Refusal} 409 when a service refers to it */
export function deleteAuthConfig(call: VoiceCall): Answer {
  const config = authConfigOf(call);
  const { authConfigs, groups } = call.account;
  const user = groups.flatMap(({ services }) => services).find((s) => s.authConfigId === config.authConfigId);
  if (user) call.behaviour.authConfigs.demandDeletable(user.serviceId);
  authConfigs.splice(authConfigs.indexOf(config), 1);
  return { status: 204 };
}

/** The client chooses the UUID in the path. */
export function createAuthConfig(authType: AuthType) {
  return (call: VoiceCall): Answer => {
    const { authConfigs } = call.behaviour;
    const { account } = call;
    const sentId = authConfigIdOf(call);
    const fields = keptFields(call, checkedAuthConfig(call.body, authType, sentId));
    const place = account.authConfigs.findIndex((config) => config.authConfigId === sentId);
    if (place !== -1) {
      authConfigs.demandUnusedId(sentId);
      account.authConfigs.splice(place, 1);
    }
    return authConfigs.answerWrite(addAuthConfig(account, authType, authConfigs.keptId(sentId), fields, call.now));
  };
}

/** Changes a config in place. What is left out stays. */
export function updateAuthConfig(authType: AuthType) {
  return (call: VoiceCall): Answer => {
    const { authConfigs } = call.behaviour;
    const config = authConfigOf(call);
    const newType = authConfigs.patchedType(config.authType, authType);
    const sent = authConfigs.patchNeedsAll || !isObject(call.body) ? call.body : { ...config, ...call.body };
    const fields = keptFields(call, checkedAuthConfig(sent, authType, config.authConfigId));
    const { authConfigId, createdTime } = config;
    Object.assign(config, fields, { authConfigId, authType: newType, createdTime, updatedTime: timeText(call.now) });
    return authConfigs.answerWrite(config);
  };
}

/**
 * @param fields as {@link checkedAuthConfig} answers them
 * @throws {Refusal} 400 when the account has a config with this UUID
 */
export function addAuthConfig(
  account: AccountRecord,
  authType: AuthType,
  authConfigId: string,
  fields: Fields,
  now: number,
): AuthConfigRecord {
  if (account.authConfigs.some((config) => config.authConfigId === authConfigId)) {
    throw badRequest(`authConfigId: ${authConfigId} exists in this account`);
  }
  const time = timeText(now);
  const config = { ...fields, authConfigId, authType, createdTime: time, updatedTime: time };
  account.authConfigs.push(config);
  return config;
}

/** @throws {Refusal} 400 for a name that is too long */
function keptFields({ behaviour }: VoiceCall, fields: Fields): Fields {
  const { providerName } = fields;
  return typeof providerName === "string" ? { ...fields, providerName: behaviour.names.kept(providerName) } : fields;
}

function authConfigIdOf({ ids }: VoiceCall): string {
  const { authConfigId = "" } = ids;
  const problem = uuid(authConfigId);
  if (problem) throw badRequest(`authConfigId: ${problem}`);
  return authConfigId.toLowerCase();
}

function authConfigIn(call: VoiceCall): AuthConfigRecord | undefined {
  const authConfigId = authConfigIdOf(call);
  return call.account.authConfigs.find((candidate) => candidate.authConfigId === authConfigId);
}

function authConfigOf(call: VoiceCall): AuthConfigRecord {
  const config = authConfigIn(call);
  if (!config) throw notFound(`Auth config ${authConfigIdOf(call)}`);
  return config;
}

function timeText(now: number): string {
  return new Date(now).toISOString();
}

import { type Answer, ok } from "../answer.ts";
import { checkedAuthConfig } from "../fields/auth-config-fields.ts";
import { uuid } from "../fields/checked-fields.ts";
import { masked } from "../fields/masking.ts";
import type { AccountRecord, AuthConfigRecord, AuthType, Fields } from "../records.ts";
import { badRequest, conflict, notFound } from "../refusal.ts";
import { pageOf } from "./paging.ts";
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

/** Answers `{ records }`, not an array. */
export function listAuthConfigs(call: VoiceCall): Answer {
  return ok({ records: pageOf(call.account.authConfigs, call.query).map((config) => shown(call, config)) });
}

export function getAuthConfig(call: VoiceCall): Answer {
  return ok(shown(call, authConfigOf(call)));
}

/** @throws {Refusal} 409 when a service refers to it */
export function deleteAuthConfig(call: VoiceCall): Answer {
  const config = authConfigOf(call);
  const { authConfigs, groups } = call.account;
  const user = groups.flatMap(({ services }) => services).find((s) => s.authConfigId === config.authConfigId);
  if (user) throw conflict(`The auth config is referenced by the service ${user.serviceId}`);
  authConfigs.splice(authConfigs.indexOf(config), 1);
  return { status: 204 };
}

/** The client chooses the UUID in the path. */
export function createAuthConfig(authType: AuthType) {
  return (call: VoiceCall): Answer => {
    const authConfigId = authConfigIdOf(call);
    const fields = checkedAuthConfig(call.body, authType, authConfigId);
    return ok(shown(call, addAuthConfig(call.account, authType, authConfigId, fields, call.now)));
  };
}

/** Changes a config in place. Required fields are required here as well, what is left out otherwise stays. */
export function updateAuthConfig(authType: AuthType) {
  return (call: VoiceCall): Answer => {
    const config = authConfigOf(call);
    if (config.authType !== authType) throw badRequest(`authType: the auth config is of type ${config.authType}`);
    const fields = checkedAuthConfig(call.body, authType, config.authConfigId);
    const { authConfigId, createdTime } = config;
    Object.assign(config, fields, { authConfigId, authType, createdTime, updatedTime: timeText(call.now) });
    return ok(shown(call, config));
  };
}

/**
 * @param fields as {@link checkedAuthConfig} answers them
 * @throws {Refusal} 409 when the account has a config with this UUID
 */
export function addAuthConfig(
  account: AccountRecord,
  authType: AuthType,
  authConfigId: string,
  fields: Fields,
  now: number,
): AuthConfigRecord {
  if (account.authConfigs.some((config) => config.authConfigId === authConfigId)) {
    throw conflict(`An auth config ${authConfigId} exists in this account`);
  }
  const time = timeText(now);
  const config = { ...fields, authConfigId, authType, createdTime: time, updatedTime: time };
  account.authConfigs.push(config);
  return config;
}

function authConfigIdOf({ ids }: VoiceCall): string {
  const { authConfigId = "" } = ids;
  const problem = uuid(authConfigId);
  if (problem) throw badRequest(`authConfigId: ${problem}`);
  return authConfigId.toLowerCase();
}

function authConfigOf(call: VoiceCall): AuthConfigRecord {
  const authConfigId = authConfigIdOf(call);
  const config = call.account.authConfigs.find((candidate) => candidate.authConfigId === authConfigId);
  if (!config) throw notFound(`Auth config ${authConfigId}`);
  return config;
}

function shown({ behaviour }: VoiceCall, config: AuthConfigRecord): Fields {
  return masked(config, behaviour.credentialsOnRead);
}

function timeText(now: number): string {
  return new Date(now).toISOString();
}

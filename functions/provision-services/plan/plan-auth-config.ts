import type { AuthConfigManifest } from "../../../shared/contract/apply.ts";
import { isSameName } from "../../../shared/primitives/same-name.ts";
import type { AuthConfigRecord } from "../../../shared/records/account/auth-config.ts";
import type { AuthConfig } from "../../../shared/ringcx/resources/auth-config.ts";
import { isSeenInUse } from "../read/read-account.ts";
import { cutNameProblem, cutNamesake } from "./cut-names.ts";
import { creationUnseen } from "./joined-changes.ts";
import { authConfigIdFor, findAuthConfig, mayChange } from "./ownership.ts";
import { emptyPlan, type PlanContext, type ResourcePlan } from "./resource-plan.ts";

/** What is to be done about an auth config. Its credential is never compared: rotation keeps it up to date. */
export function planAuthConfig({
  resource,
  path,
  request,
  observed,
  stored,
}: PlanContext<AuthConfigManifest>): ResourcePlan {
  const { accountId, generation } = request;
  const { providerName } = resource;
  const base = emptyPlan(resource, { path, generation, stored });
  const record = stored.authConfigs.get(base.key);
  if (record && isSeenInUse(resource, record, observed)) {
    return { ...base, found: { authConfigId: record.authConfigId } };
  }
  const place = findAuthConfig(observed.authConfigs ?? [], { accountId, providerName }, stored);
  const { config, isOurs, namesakes } = place;
  // What this message, or one before, sent a POST for: RingCX may have it under another id.
  const isBegun = record === undefined && stored.creationIntents.has(base.key) && namesakes.length === 1;
  if (!config || (isBegun && !mayChange(place, resource.adopt))) {
    const authConfigId = authConfigIdFor(accountId, providerName);
    const changes = [record ? "created again: it was gone" : "created"];
    return {
      ...base,
      steps: [{ do: "createAuthConfig", authConfigId, manifest: resource, isKnown: record !== undefined, changes }],
    };
  }
  const { authConfigId } = config;
  const found = { authConfigId };
  const namesake = isOurs ? undefined : cutNamesake(config.providerName, resource, path);
  if (namesake && !isBegun) return { ...base, problems: [namesake], isByReading: true };
  if (!mayChange(place, resource.adopt)) {
    const ids = namesakes.map((namesake) => namesake.authConfigId).join(", ");
    return {
      ...base,
      found,
      isByReading: true,
      problems: [
        {
          path,
          message: `an auth config of this name exists already (authConfigId ${ids}) and was not made by a message`,
          hint:
            namesakes.length > 1
              ? "names of auth configs must be unique to be told apart: rename or delete the others"
              : 'say "adopt": true to take it over; it then gets the credential of the secret',
        },
      ],
    };
  }
  if (config.authType !== undefined && config.authType !== resource.authType) {
    const message = `is ${config.authType} in RingCX, and the type of an auth config cannot be changed`;
    const hint = "give the new auth config another providerName and let the services refer to it";
    return { ...base, found, problems: [{ path: `${path}.authType`, message, hint }] };
  }
  const cut = cutNameProblem(config.providerName, resource, { path });
  // Made just now: it is written down first, so that it can be retired.
  if (cut && !(stored.creationIntents.has(base.key) && !record)) return { ...base, found, ...cut };
  const changes = isOurs ? differences(resource, config, record) : ["adopted", "credential"];
  if (changes.length === 0) return { ...base, found };
  return { ...base, found, steps: [{ do: "updateAuthConfig", authConfigId, manifest: resource, changes }] };
}

function differences(resource: AuthConfigManifest, config: AuthConfig, record: AuthConfigRecord | undefined): string[] {
  const { description, providerName, secretId } = resource;
  // Made by us, but we do not know with which version of the secret.
  if (!record) return [creationUnseen];
  return [
    ...(isSameName(config.providerName, providerName)
      ? []
      : [`providerName (was ${JSON.stringify(config.providerName)})`]),
    ...(description === undefined || description === (config.description ?? "") ? [] : ["description"]),
    ...(record.manifest.secretId === secretId ? [] : ["credential (another secretId)"]),
  ];
}

import { type Manifest, manifestSchema } from "../../../shared/contract/apply.ts";
import type { CopyMessage, Overrides } from "../../../shared/contract/copy.ts";
import { suspectedCredentials } from "../../../shared/contract/credentials/credential-detection.ts";
import { manifestLevel, shownPath, unsendable } from "../../../shared/contract/door/read-json.ts";
import type { Validation } from "../../../shared/contract/fields/validation.ts";
import { messageProblems } from "../../../shared/contract/message-problems.ts";
import type { Problem } from "../../../shared/contract/outcome.ts";
import { plainNumbers } from "../../../shared/primitives/exact-json.ts";
import { type HttpService, urlOf } from "../../../shared/ringcx/resources/http-service.ts";
import type { SourceService } from "../read/read-copy-source.ts";
import { fieldsOf, movedUrl, movedValidation, textsOf, unusedUrls } from "./copy-overrides.ts";
import { hostLeftBehind } from "./moved-validation.ts";

/** What a copy declares at its target, and why it cannot, where it cannot. */
export interface CopiedManifests {
  resources: readonly Manifest[];
  problems: readonly Problem[];
}

/**
 * Portable manifests of what is at the source: names instead of ids, secrets by their ids at the target, the
 * overrides applied. Ids, credentials and alarms never travel.
 *
 * @param isSameAccount a clone keeps the auth configs of the source
 * @param groupName the group at the target, and whether the target has it already
 */
export function copyManifests(
  { to, overrides, adopt }: CopyMessage["data"],
  sources: readonly SourceService[],
  { isSameAccount, groupName, hasGroup }: { isSameAccount: boolean; groupName: string; hasGroup: boolean },
): CopiedManifests {
  const group: Manifest[] = hasGroup ? [] : [{ kind: "httpServiceGroup", groupName }];
  const authConfigs = mappedAuthConfigs(sources, overrides, adopt);
  const derived = sources.map((source) => {
    const serviceDescription = to.serviceDescription ?? source.service.serviceDescription;
    return copyManifest(source, overrides, { groupName, serviceDescription, adopt, isSameAccount });
  });
  return {
    resources: [...group, ...authConfigs.resources, ...derived.flatMap(({ manifest }) => (manifest ? [manifest] : []))],
    problems: [
      ...authConfigs.problems,
      ...unusedUrls(overrides, sources),
      ...derived.flatMap(({ problems }) => problems),
    ],
  };
}

function mappedAuthConfigs(
  sources: readonly SourceService[],
  { authConfigs = [] }: Overrides,
  adopt: boolean | undefined,
) {
  const used = new Map(
    sources.flatMap(({ authConfig }) => (authConfig ? [[authConfig.providerName ?? "", authConfig]] : [])),
  );
  const problems = authConfigs.flatMap(({ from }, index): Problem[] => {
    if (used.has(from)) return [];
    const hint = `auth configs that are used there: ${[...used.keys()].map((name) => JSON.stringify(name)).join(", ") || "none"}`;
    return [
      { path: `data.overrides.authConfigs[${index}].from`, message: "no copied service uses this auth config", hint },
    ];
  });
  const resources = authConfigs.flatMap(({ from, providerName = from, secretId }): Manifest[] => {
    const config = used.get(from);
    if (!config || secretId === undefined) return [];
    const parsed = manifestSchema.safeParse({
      kind: "authConfig",
      providerName,
      authType: config.authType,
      ...(config.description !== undefined && { description: config.description }),
      secretId,
      ...(adopt !== undefined && { adopt }),
    });
    return parsed.success ? [parsed.data] : [];
  });
  return { resources, problems };
}

const withoutHeaders = "leave it out with overrides.withoutHeaders";

interface Target {
  groupName: string;
  serviceDescription: string;
  adopt: boolean | undefined;
  isSameAccount: boolean;
}

function copyManifest({ service, inputs, authConfig, record }: SourceService, overrides: Overrides, target: Target) {
  const { isSameAccount, adopt, ...name } = target;
  const path = `data.from (${service.serviceDescription})`;
  if (service.httpPassword !== undefined && !isSameAccount) {
    const message = "the service holds httpPassword, which cannot be read and does not travel";
    const hint = "move the credential into an auth config at the source first";
    return { manifest: undefined, problems: [{ path, message, hint }] };
  }
  const mapping = overrides.authConfigs?.find(({ from }) => from === authConfig?.providerName);
  const validation = overrides.validation ?? movedValidation(record?.manifest.validation, overrides);
  const left = overrides.validation ? undefined : leftBehind(service, validation, overrides);
  if (left) return { manifest: undefined, problems: [{ path, ...left }] };
  const candidate = {
    kind: "httpService",
    ...name,
    ...fieldsOf(service, overrides),
    ...(authConfig && { authConfig: mapping?.providerName ?? authConfig.providerName }),
    httpServiceInputs: inputs.map((input) => textsOf(input, ["name", "type", "simpleDataType", "value", "rank"])),
    ...(overrides.isEnabled !== undefined && { isEnabled: overrides.isEnabled }),
    ...(validation && { validation }),
    ...(overrides.health && { health: overrides.health }),
    ...(adopt !== undefined && { adopt }),
  };
  const unfit = [...credentialProblems(candidate, path), ...unsendableProblems(candidate, path)];
  if (unfit.length > 0) return { manifest: undefined, problems: unfit };
  const parsed = manifestSchema.safeParse(plainNumbers(candidate));
  if (parsed.success) return { manifest: parsed.data, problems: [] };
  const problems = messageProblems(parsed.error, manifestSchema, candidate).map((problem) => ({
    ...problem,
    path: `${path}.${problem.path}`,
    hint: problem.path.includes("headers") ? withoutHeaders : (problem.hint ?? "mend it at the source"),
  }));
  return { manifest: undefined, problems };
}

/** The copy's endpoint is elsewhere, and its validation would go on asking where the source's was asked. */
function leftBehind(service: HttpService, validation: Pick<Validation, "url"> | undefined, overrides: Overrides) {
  const from = urlOf(service);
  const host = from && hostLeftBehind(validation, { from, to: movedUrl(from, overrides) });
  if (!host) return undefined;
  const message = `the endpoint is copied to another host, and its validation would still ask ${host}`;
  return { message, hint: "name its URL in overrides.urls too, or say what to ask in overrides.validation" };
}

/** What no message can hold would be another thing in the copy. */
function unsendableProblems(candidate: unknown, at: string): Problem[] {
  return unsendable(candidate, manifestLevel).map(({ path, message }) => ({
    path: `${at}.${shownPath(path)}`,
    message: `${message}, which does not travel`,
    hint: path.includes("headers") ? withoutHeaders : "mend it at the source",
  }));
}

/** What RingCX holds may hold credentials, as a message never does: they do not travel. */
function credentialProblems(candidate: unknown, at: string): Problem[] {
  return suspectedCredentials(candidate).map(({ path, because }) => ({
    path: `${at}.${shownPath(path)}`,
    message: `carries a credential (${because}), which does not travel`,
    hint: path.includes("headers") ? withoutHeaders : "move the credential into an auth config at the source first",
  }));
}

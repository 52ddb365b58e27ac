import { randomUUID } from "node:crypto";
import { PutSecretValueCommand, RotateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { examples } from "../../infra/edition.ts";
import { AutomationError } from "../../shared/primitives/errors.ts";
import { shellArgument } from "../../shared/primitives/shell-argument.ts";
import { readFailedStep } from "../../shared/records/credential/rotation-schedule.ts";
import { parseCredential } from "../../shared/secrets/credential.ts";
import { pendingWaysOut } from "../../shared/secrets/pending-version.ts";
import { confineTo, describeSecret, type SecretDescription } from "../../shared/secrets/read-secret.ts";
import { describeBoundSecret } from "../../shared/secrets/secret-now.ts";
import type { StateTable } from "../../shared/state/table.ts";
import { opsCommand, type Session } from "../command.ts";
import { readInput } from "../context.ts";
import { decodeText } from "../decode-text.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { findAuthConfig } from "../read/find-auth-config.ts";
import { askedAccounts } from "../read/health.ts";
import { checkedAccount } from "../read/known-account.ts";
import { type KnownAuthConfig, readCredentialHistory, waitForVersion } from "../read/rotation-history.ts";
import { waitForRotation } from "../read/wait-for-rotation.ts";
import { versionText } from "../view/rotations.ts";

import { accountFlag, text, timeoutFlag } from "./flags.ts";

interface RotateFlags {
  account?: string;
  newVersion?: string;
  timeout: number;
}

/** `rotate AUTH-CONFIG`: Secrets Manager's own rotation of its secret, or a new version from a file, now. */
export const rotateCommand = opsCommand<RotateFlags, [name: string]>({
  brief: "Give an auth config a new credential now: by Secrets Manager's rotation, or from a file",
  description: `The file holds the JSON of the secret, as docs/rotation.md has it for each auth type. It is checked before it is put, and never shown.\n\n${examples('ops rotate "CRM OAuth" --environment test', 'ops rotate "CRM OAuth" --new-version credential.json --local')}`,
  flags: {
    account: accountFlag,
    newVersion: {
      kind: "parsed",
      parse: text,
      optional: true,
      brief:
        "File with the new version of the secret; - for standard input. Its rotation by Secrets Manager is not asked",
      placeholder: "file",
    },
    timeout: timeoutFlag("15m"),
  },
  positional: {
    kind: "tuple",
    parameters: [{ parse: text, brief: "Auth config, by its name or the end of it", placeholder: "auth-config" }],
  },
  async run(session, { account, newVersion, timeout }, name) {
    const { environment } = session;
    const accounts = askedAccounts(environment, checkedAccount(environment, account));
    const config = await findAuthConfig(environment.table, accounts, name);
    const secret = await secretOf(session, config);
    if (newVersion === undefined) return beginRotation(session, config, secret);
    const versionId = await putVersion(session, config, secret, newVersion);
    const { name: secretId } = secret;
    session.say(`put version ${versionId} of ${secretId}; rotation brings it to RingCX at its next run`);
    const found = await waitForVersion(environment, config, versionId, {
      clock: session.context.clock,
      timeoutMs: timeout,
      signal: session.context.interrupted,
    });
    return {
      text: versionText({ providerName: config.providerName, secretId, versionId }, found, session.paint),
      json: { secretId, versionId, ...found },
      exitCode: found === undefined ? exitCodes.notEnded : found.kind === "applied" ? exitCodes.done : exitCodes.failed,
    };
  },
});

/** @throws {AutomationError} `SECRET_LOST`, `SECRET_UNREADABLE`: nothing is asked or put then */
async function secretOf({ context, environment }: Session, { providerName, secretArn }: KnownAuthConfig) {
  try {
    return await describeBoundSecret(environment.secrets, { secretArn, what: providerName }, context.clock.now());
  } catch (error) {
    if (!(error instanceof AutomationError)) throw error;
    const { code, details, retryable } = error;
    const next = typeof details.hint === "string" ? `: ${details.hint}` : "";
    throw new AutomationError(`Nothing was put or rotated: ${error.message}${next}.`, { code, details, retryable });
  }
}

/** How long the first step of a rotation may take to show, in milliseconds: Secrets Manager calls it at once. */
const beginsWithinMs = 20_000;

async function beginRotation(
  { context, environment, paint }: Session,
  config: KnownAuthConfig,
  { arn, name: secretId }: SecretDescription,
) {
  const { providerName } = config;
  const { clock, interrupted: signal } = context;
  const { VersionId = "" } = await environment.secrets
    .send(new RotateSecretCommand({ SecretId: arn, RotateImmediately: true }))
    .catch(async (error: unknown) => {
      if (!(error instanceof Error) || error.name !== "InvalidRequestException") throw error;
      const why = await whyNotStarted({ environment }, config, error, clock.now());
      throw new AutomationError(`Secrets Manager does not rotate ${secretId} now: ${why}`, {
        code: "ROTATION_NOT_STARTED",
        cause: error,
      });
    });
  const found = await waitForRotation(
    environment,
    { ...config, versionId: VersionId },
    { clock, signal, timeoutMs: beginsWithinMs },
  );
  const json = { secretId, versionId: VersionId, ...(typeof found === "object" && found) };
  if (typeof found === "object") {
    const text = versionText({ providerName, secretId, versionId: VersionId }, found, paint);
    return { text, json, exitCode: found.kind === "applied" ? exitCodes.done : exitCodes.failed };
  }
  const asked = found === "begun" ? "has begun" : "was asked for, and has not begun yet";
  const failed = found === "begun" ? "" : await failedStepWords(environment.table, arn, VersionId);
  return {
    text: `The rotation of ${secretId} ${asked}, to version ${VersionId}${failed}. Follow it with: rotations ${shellArgument(providerName)}`,
    json,
  };
}

/** Why Secrets Manager begins no rotation, and what to do, as far as the secret shows it. */
async function whyNotStarted(
  { environment }: Pick<Session, "environment">,
  config: KnownAuthConfig,
  error: Error,
  now: number,
): Promise<string> {
  const newVersion = `give a new version: rotate ${shellArgument(config.providerName)} --new-version FILE`;
  const secret = await describeSecret(environment.secrets, config.secretArn, now).catch(() => undefined);
  const pending = secret?.pending === secret?.current ? undefined : secret?.pending;
  if (pending === undefined) return `${error.message} Where it has no rotation of its own, ${newVersion}`;
  const { state } = (await readCredentialHistory(environment.table, config)).record;
  if (state.kind === "ROTATING" && state.pendingVersionId === pending) {
    return `its rotation to version ${pending} is under way since ${state.since} (${state.step}). Follow it with: rotations ${shellArgument(config.providerName)}`;
  }
  const failed = await failedStepWords(environment.table, config.secretArn, pending);
  if (failed !== "") return `its rotation to version ${pending} is not at its end${failed}. Or ${newVersion}`;
  return `version ${pending} has the label AWSPENDING, and no rotation of ours is at it. ${pendingWaysOut(pending)} Or ${newVersion}`;
}

/** Why a rotation has not begun, if one of its steps has said it. */
async function failedStepWords(table: StateTable, secretArn: string, versionId: string): Promise<string> {
  const failedStep = await readFailedStep(table, secretArn, versionId);
  if (!failedStep) return "";
  const { step, failedAt, message } = failedStep;
  return `: its step ${step} failed at ${failedAt} (${message.replace(/\.$/, "")}). Secrets Manager may repeat it; otherwise the next run of the schedule ends it: rotate again then`;
}

/**
 * Puts a version that fits the auth config's type; one that does not never becomes the secret's current one.
 *
 * @throws {UsageError} naming the fields that are wrong; nothing was put
 */
async function putVersion(
  { context, environment }: Session,
  { authType }: KnownAuthConfig,
  secret: SecretDescription,
  file: string,
): Promise<string> {
  const value = decodeText(await readInput(context, file), file);
  const versionId = randomUUID();
  if (authType !== undefined) {
    try {
      parseCredential(confineTo(secret, value), authType, versionId);
    } catch (error) {
      if (!(error instanceof AutomationError) || error.code !== "SECRET_INVALID") throw error;
      throw new UsageError(`Nothing was put. ${error.message}`);
    }
  }
  const command = { SecretId: secret.arn, ClientRequestToken: versionId, SecretString: value.trim() };
  await environment.secrets.send(new PutSecretValueCommand(command));
  return versionId;
}

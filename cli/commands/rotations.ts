import { RotateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { AutomationError } from "../../shared/primitives/errors.ts";
import { readRotationCalendar } from "../../shared/records/credential/rotation-schedule.ts";
import { opsCommand } from "../command.ts";
import { UsageError } from "../exit-codes.ts";
import { nearest } from "../nearest.ts";
import { askedAccounts, readRotations } from "../read/health.ts";
import { checkedAccount } from "../read/known-account.ts";
import { type KnownAuthConfig, readAuthConfigs, readCredentialHistory } from "../read/rotation-history.ts";
import { calendarText, historyText } from "../view/rotations.ts";
import { quoted } from "../view/words.ts";
import { accountFlag, text } from "./flags.ts";

/** `rotations [AUTH-CONFIG]`: when what is rotated, what needs attention; of one auth config all that happened. */
export const rotationsCommand = opsCommand<{ account?: string }, [name?: string]>({
  brief: "When each secret is rotated and what needs attention; of one auth config, all that happened",
  description: '  npm run ops -- rotations --local\n  npm run ops -- rotations "CRM OAuth" --local',
  flags: { account: accountFlag },
  positional: {
    kind: "tuple",
    parameters: [
      { parse: text, optional: true, brief: "Auth config, by its name or the end of it", placeholder: "auth-config" },
    ],
  },
  async run({ context, environment, paint }, { account }, name) {
    const { table } = environment;
    const accounts = askedAccounts(environment, checkedAccount(environment, account));
    if (name === undefined) {
      const [report, calendar] = await Promise.all([readRotations(environment, accounts), readRotationCalendar(table)]);
      return { text: calendarText({ report, calendar }, context.clock.now(), paint), json: { report, calendar } };
    }
    const known = await Promise.all(accounts.map((accountId) => readAuthConfigs(table, accountId)));
    const config = choose(known.flat(), name);
    const { record, history } = await readCredentialHistory(table, config);
    const shown = { name: `${config.accountId} ${config.providerName}`, state: record.state, history };
    return { text: historyText(shown, paint), json: { ...config, state: record.state, history } };
  },
});

/** `rotate AUTH-CONFIG`: Secrets Manager's own rotation of its secret, now. */
export const rotateCommand = opsCommand<{ account?: string }, [name: string]>({
  brief: "Begin the rotation of an auth config's secret now, where Secrets Manager rotates it",
  description: '  npm run ops -- rotate "CRM OAuth" --environment test',
  flags: { account: accountFlag },
  positional: {
    kind: "tuple",
    parameters: [{ parse: text, brief: "Auth config, by its name or the end of it", placeholder: "auth-config" }],
  },
  async run({ environment }, { account }, name) {
    const accounts = askedAccounts(environment, checkedAccount(environment, account));
    const known = await Promise.all(accounts.map((accountId) => readAuthConfigs(environment.table, accountId)));
    const { providerName, secretId } = choose(known.flat(), name);
    if (secretId === undefined) throw new UsageError(`No message has named the secret of ${providerName}.`);
    const { VersionId } = await environment.secrets
      .send(new RotateSecretCommand({ SecretId: secretId, RotateImmediately: true }))
      .catch((error: unknown) => {
        if (!(error instanceof Error) || error.name !== "InvalidRequestException") throw error;
        throw new AutomationError(
          `Secrets Manager does not rotate ${secretId} now: ${error.message} Where it has no rotation of its own, put a new version yourself (aws secretsmanager put-secret-value): RingCX gets it at the schedule's next run.`,
          { code: "ROTATION_NOT_STARTED", cause: error },
        );
      });
    const json = { secretId, versionId: VersionId };
    return {
      text: `The rotation of ${secretId} has begun, to version ${VersionId}. Follow it with: rotations ${quoted(providerName)}`,
      json,
    };
  },
});

/** @throws {UsageError} */
function choose(known: readonly KnownAuthConfig[], name: string): KnownAuthConfig {
  const wanted = name.toLowerCase();
  const exact = known.filter(({ providerName }) => providerName.toLowerCase() === wanted);
  const found =
    exact.length > 0 ? exact : known.filter(({ providerName }) => providerName.toLowerCase().endsWith(wanted));
  const [one] = found;
  if (one && found.length === 1) return one;
  if (found.length > 1) {
    const names = found.map(({ accountId, providerName }) => `${accountId} ${providerName}`).join(", ");
    throw new UsageError(`"${name}" may be several auth configs: ${names}. Give --account, or more of its name.`);
  }
  const offered = nearest(
    name,
    known.map(({ providerName }) => providerName),
  );
  throw new UsageError(`No message has made an auth config "${name}", or taken it over.${offered}`);
}

import { examples } from "../../infra/edition.ts";
import { readRotationCalendar } from "../../shared/records/credential/rotation-report.ts";
import { versionsInRingCx } from "../../shared/records/credential/versions-in-ringcx.ts";
import { opsCommand } from "../command.ts";
import { findAuthConfig } from "../read/find-auth-config.ts";
import { askedAccounts, readRotations } from "../read/health.ts";
import { checkedAccount } from "../read/known-account.ts";
import { readCredentialHistory } from "../read/rotation-history.ts";
import { readUnderWay } from "../read/under-way.ts";
import { calendarText, historyText } from "../view/rotations.ts";
import { accountFlag, text } from "./flags.ts";

/** `rotations [AUTH-CONFIG]`: when what is rotated, what needs attention; of one auth config all that happened. */
export const rotationsCommand = opsCommand<{ account?: string }, [name?: string]>({
  brief: "When each secret is rotated and what needs attention; of one auth config, all that happened",
  description: examples("ops rotations --local", 'ops rotations "CRM OAuth" --local'),
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
      const [report, calendar, underWay] = await Promise.all([
        readRotations(environment, accounts),
        readRotationCalendar(table),
        readUnderWay(table, accounts),
      ]);
      const text = calendarText({ report, calendar, underWay }, context.clock.now(), paint);
      const changes = underWay.map(({ record, ...config }) => ({
        ...config,
        state: record.state,
        mayHave: versionsInRingCx(record).versionIds,
      }));
      return { text, json: { report, calendar, underWay: changes } };
    }
    const config = await findAuthConfig(table, accounts, name);
    const [{ record, history }, report, calendar] = await Promise.all([
      readCredentialHistory(table, config),
      readRotations(environment, accounts),
      readRotationCalendar(table),
    ]);
    const { accountId, providerName, authConfigId } = config;
    const isOfSecret = ({ secret }: { secret: string }) => isSecretOf(config, record, secret);
    const shown = {
      name: `${accountId} ${providerName}`,
      record,
      history,
      lines: (report?.lines ?? []).filter((line) => line.accountId === accountId && line.authConfigId === authConfigId),
      refused: (report?.refused ?? []).filter(isOfSecret),
      calendar: calendar.find(isOfSecret),
    };
    const { state, failure, proofWait } = record;
    const { lines, refused, calendar: line } = shown;
    const json = { ...config, state, failure, proofWait, lines, refused, calendar: line, history };
    return { text: historyText(shown, context.clock.now(), paint), json };
  },
});

/** Whether a secret, by its name, is what feeds an auth config: a manifest may name it by its name, its ARN or the beginning of that. */
function isSecretOf(
  { secretId }: { secretId: string | undefined },
  { secretArn }: { secretArn: string | undefined },
  name: string,
): boolean {
  return [secretId, secretArn].some(
    (id) => id === name || id?.replace(/^.*:secret:/, "").replace(/-\w{6}$/, "") === name,
  );
}

import { readRotationCalendar } from "../../shared/records/credential/rotation-schedule.ts";
import { opsCommand } from "../command.ts";
import { findAuthConfig } from "../read/find-auth-config.ts";
import { askedAccounts, readRotations } from "../read/health.ts";
import { checkedAccount } from "../read/known-account.ts";
import { readCredentialHistory } from "../read/rotation-history.ts";
import { calendarText, historyText } from "../view/rotations.ts";
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
    const config = await findAuthConfig(table, accounts, name);
    const { record, history } = await readCredentialHistory(table, config);
    const shown = { name: `${config.accountId} ${config.providerName}`, state: record.state, history };
    return { text: historyText(shown, paint), json: { ...config, state: record.state, history } };
  },
});

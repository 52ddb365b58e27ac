import { examples } from "../../infra/edition.ts";
import { opsCommand } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { checkedAccount } from "../read/known-account.ts";
import { readStatus } from "../read-status.ts";
import { needsPerson, statusText, watchLine } from "../view/status.ts";
import { accountFlag } from "./flags.ts";

const watchMs = 5_000;

/** `status`: what needs a person, what is off and why, what is going on. */
export const statusCommand = opsCommand<{ account?: string; watch: boolean }>({
  brief: "What needs a person, which services are off and why, what is going on",
  description: examples("ops status --local", "ops status --environment production --account 123456 --watch"),
  flags: {
    account: accountFlag,
    watch: {
      kind: "boolean",
      default: false,
      withNegated: false,
      brief: "Read again every five seconds, until Ctrl-C",
    },
  },
  async run(session, { account, watch }) {
    const { context, environment, paint, isJson } = session;
    const accountId = checkedAccount(environment, account);
    for (;;) {
      const status = await readStatus({ environment, clock: context.clock }, accountId);
      const json = { ...status, needsPerson: needsPerson(status) };
      const text = statusText(status, paint);
      if (!watch) return { text, json };
      const clear = context.isColored ? "\u001b[2J\u001b[H" : "";
      context.process.stdout.write(
        isJson ? `${JSON.stringify(json)}\n` : `${clear}${text}\n\n${paint("dim", watchLine(watchMs))}\n`,
      );
      const isEnded = await context.clock.sleep(watchMs, context.interrupted).then(
        () => false,
        () => true,
      );
      if (isEnded) return { text: "", json: {}, exitCode: exitCodes.interrupted, isShown: true };
    }
  },
});

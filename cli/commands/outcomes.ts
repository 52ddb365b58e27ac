import { examples } from "../../infra/edition.ts";
import { outcomeStatusSchema } from "../../shared/contract/outcome.ts";
import { nearest } from "../../shared/primitives/nearest.ts";
import { isOfEvent } from "../../shared/records/outcome.ts";
import { opsCommand } from "../command.ts";
import { UsageError } from "../exit-codes.ts";
import { checkedAccount } from "../read/known-account.ts";
import { readOutcomes } from "../read/outcomes.ts";
import { outcomeLine, outcomesText } from "../view/outcome.ts";
import { counted } from "../view/words.ts";
import { accountFlag, offering, parseDuration, text } from "./flags.ts";

interface OutcomesFlags {
  account?: string;
  since: number;
  status?: readonly string[];
  id?: string;
}

const statuses = outcomeStatusSchema.options;

/** `outcomes`: what was done or refused, the newest first. */
export const outcomesCommand = opsCommand<OutcomesFlags>({
  brief: "What was done or refused, the newest first; kept for 30 days",
  description: examples(
    "ops outcomes --since 1d --status REJECTED,FAILED --local",
    "ops outcomes --id crm-enrichment-1 --local",
  ),
  flags: {
    account: accountFlag,
    since: {
      kind: "parsed",
      parse: parseDuration,
      default: "1d",
      brief: "How far back: 90s, 15m, 2h, 1d",
      placeholder: "duration",
    },
    status: {
      kind: "parsed",
      parse: parseStatus,
      proposeCompletions: offering(statuses),
      optional: true,
      variadic: ",",
      brief: statuses.join(", "),
      placeholder: "status",
    },
    id: {
      kind: "parsed",
      parse: text,
      optional: true,
      brief: "Those of an event, by its id, and of what was refused because it is taken; told whole",
      placeholder: "id",
    },
  },
  async run({ context, environment, paint }, { account, since, status, id }) {
    const now = context.clock.now();
    const accountId = checkedAccount(environment, account);
    const all = await readOutcomes(environment.table, { since: now - since, now });
    const found = all.filter(
      ({ data }) =>
        (accountId === undefined || data.accountId === accountId) &&
        (status === undefined || status.includes(data.status)) &&
        (id === undefined || isOfEvent(data.cause.id, id) || isOfEvent(`${data.cause.source}/${data.cause.id}`, id)),
    );
    const lines =
      id === undefined || found.length === 0
        ? found.map((outcome) => outcomeLine(outcome, now, paint))
        : [outcomesText(found, paint)];
    return { text: [...lines, counted(found.length, "outcome")].join("\n"), json: found };
  },
});

function parseStatus(given: string): string {
  const status = statuses.find((one) => one === given.toUpperCase());
  if (!status) throw new UsageError(`"${given}" is no status.${nearest(given, statuses)}`);
  return status;
}

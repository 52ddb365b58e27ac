import { examples } from "../../infra/edition.ts";
import { opsCommand } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { runChecks } from "../read/checks.ts";
import { counted } from "../view/words.ts";

/** `doctor`: what could keep the environment from working. */
export const doctorCommand = opsCommand({
  brief: "Check identity, stack, clock, table, logins, accounts, permissions, hosts and alarms",
  description: `Changes nothing. Exit code 1 where something is wrong.\n\n${examples("ops doctor --environment test")}`,
  async run({ context, environment, paint }) {
    const checks = await runChecks(environment, context);
    const wrong = checks.filter(({ isRight }) => !isRight).length;
    const lines = checks.map(
      ({ what, isRight, found }) => `${paint(isRight ? "good" : "bad", isRight ? "✓" : "✗")} ${what}: ${found}`,
    );
    const sum =
      wrong === 0
        ? paint("good", "Everything that was looked at is right.")
        : paint("bad", `${counted(wrong, "thing")} to mend.`);
    return {
      text: [...lines, "", sum].join("\n"),
      json: checks,
      exitCode: wrong === 0 ? exitCodes.done : exitCodes.failed,
    };
  },
});

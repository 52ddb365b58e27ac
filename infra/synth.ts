import { exitCodes } from "../cli/exit-codes.ts";
import { synthArguments, synthHelp } from "./deployment/synth-arguments.ts";
import { checkedEnvironments, environmentLabels, environmentNamed, environments, stackIds } from "./environments.ts";
import { runPackageCommand } from "./package-command.ts";

/** Reads what is asked for. What is wrong with it, or with the settings, ends it before anything is bundled. */
function main(): number {
  try {
    const known = checkedEnvironments().flatMap((settings) => stackIds(settings).all.map(({ id }) => id));
    const asked = synthArguments(process.argv.slice(2), known);
    if (asked.kind === "help") {
      process.stdout.write(synthHelp(environmentLabels()));
      return 0;
    }
    if (asked.kind === "wrong") throw new Error(`${asked.problems.join("\n")}\n--help explains npm run synth.`);
    const { environment, region, stacks, cdk } = asked;
    if (environment !== undefined) environmentNamed(environment, environments, region);
    else if (region !== undefined)
      throw new Error("--region says which environment of a name: give --environment, too.");
    const context = Object.entries({ environment, region }).flatMap(([key, value]) =>
      value === undefined ? [] : ["--context", `${key}=${value}`],
    );
    return runPackageCommand({ packageName: "aws-cdk", command: "cdk" }, [
      ...["synth", "--quiet"],
      ...stacks,
      ...context,
      ...cdk,
    ]);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return exitCodes.usage;
  }
}

process.exitCode = main();

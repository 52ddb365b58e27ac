#!/usr/bin/env node
// `ringcx-automation` of the installed package: the command line, and the simulator as one more command.
const [, , command] = process.argv;
if (command === "simulator") {
  process.argv.splice(2, 1);
  await import("../infra/local/ringcx-simulator/main.ts");
} else {
  await import("../cli/main.ts");
}

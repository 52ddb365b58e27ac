import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

// Run against the local system, in the three languages, by `npm run test:deploy`: test/deploy/producers.test.ts.
test.each(["send.ts", "send.py", "send.sh"])("the page for producers shows examples/producers/%s as it is", (name) => {
  const file = readFileSync(`examples/producers/${name}`, "utf8");
  // What is installed by whoever reads it is a folder here.
  const shown = file.replace("../../package/contract.ts", "ringcx-service-automation/contract");
  expect(readFileSync("docs/producers.md", "utf8")).toContain(`\n${shown}\`\`\`\n`);
});

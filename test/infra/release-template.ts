import { writeFileSync } from "node:fs";
import { statefulResources } from "./stateful-resources.ts";
import { synthesized } from "./synthesized.ts";

// Run at each release: `npx node test/infra/release-template.ts`. From then on released-template.test.ts refuses what
// would replace a queue, the table, a topic, a secret or the key of those who deployed that release.
const resources = statefulResources(synthesized().toJSON().Resources);
const file = new URL("released-template.json", import.meta.url);
writeFileSync(file, `${JSON.stringify({ Resources: resources }, null, 2)}\n`);
process.stdout.write(`${Object.keys(resources).length} stateful resources written to released-template.json\n`);

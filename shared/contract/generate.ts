import { mkdirSync, writeFileSync } from "node:fs";
import { contractDocuments } from "./documents.ts";

// `npm run contract`: writes docs/contract anew. A test fails while it is stale.
const folder = new URL("../../docs/contract/", import.meta.url);
mkdirSync(folder, { recursive: true });
for (const [name, text] of contractDocuments()) {
  writeFileSync(new URL(name, folder), text);
  process.stdout.write(`docs/contract/${name}\n`);
}

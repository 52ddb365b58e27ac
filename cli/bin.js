#!/usr/bin/env node
// Plain JavaScript: in a checkout an older Node says that it is too old instead of failing to read TypeScript. In the
// installed package there is no TypeScript.
import { existsSync } from "node:fs";

if (existsSync(new URL("./main.ts", import.meta.url))) {
  await import("../infra/local/require-node-24.js");
  await import("./main.ts");
} else {
  await import("../dist/package/bin.js");
}

#!/usr/bin/env node
// Plain JavaScript: an older Node says that it is too old instead of failing to read TypeScript.
import "../infra/local/require-node-24.js";

await import("./main.ts");

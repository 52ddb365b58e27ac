import { untilEnded } from "./ending.ts";

// `npm start`. The rest takes a second to load, and a signal may come in any moment of it.
await untilEnded(async (ended) => (await import("./start.ts")).start(process.argv.slice(2), ended));

import { coldStart } from "./cold-start.ts";
import { quota } from "./quota.ts";

const benches: Readonly<Record<string, (contender?: string) => Promise<void>>> = { "cold-start": coldStart, quota };

const [chosen, contender] = process.argv.slice(2);
if (chosen !== undefined && !(chosen in benches)) {
  console.error(`There is no bench "${chosen}". There are: ${Object.keys(benches).join(", ")}.`);
  process.exit(2);
}
for (const [name, bench] of Object.entries(benches)) {
  if (chosen === undefined || name === chosen) await bench(contender);
}

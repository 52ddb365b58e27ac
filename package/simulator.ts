export type { Profile } from "../infra/local/ringcx-simulator/assumptions/catalogue.ts";
export type { Seed } from "../infra/local/ringcx-simulator/seed.ts";
export { type RingCxSimulator, startRingCxSimulator } from "../infra/local/ringcx-simulator/server.ts";
export type { SimulatorOptions } from "../infra/local/ringcx-simulator/simulator-options.ts";

// dynalite ships no types.
declare module "dynalite" {
  import type { Server } from "node:http";

  /** @param options how long tables stay in each state, in milliseconds */
  export default function dynalite(options: {
    createTableMs: number;
    deleteTableMs: number;
    updateTableMs: number;
    /** A folder that keeps the tables. @default in memory */
    path?: string;
  }): Server;
}

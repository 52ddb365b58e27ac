import { type AssumptionName, assumptionNames } from "../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import { type Budget, BudgetSpentError, createBudget } from "./budget.ts";
import type { Caller } from "./caller.ts";
import { mostRequests } from "./plan.ts";
import { deleteInUse, tryAuthConfigs } from "./steps/auth-configs.ts";
import { readLongList, readPages } from "./steps/lists.ts";
import { deleteInactive, tryErrors, tryNames } from "./steps/names-and-errors.ts";
import type { Run } from "./steps/run.ts";
import { changeMainService, linkMainService, makeMainService, saveInputs, switchAndClone } from "./steps/services.ts";

/** How many of them the account had before. */
export interface Counts {
  groups: number;
  authConfigs: number;
}

/** A part of what is learned. */
interface Part {
  say: string;
  /** What the names begin with of the assumptions that are asked about. */
  about: readonly string[];
  ask(): Promise<void>;
}

/** Asks as much as the budget allows, what is worth most first. */
export async function learn(
  caller: Caller,
  { serviceGroupId, counts, say }: { serviceGroupId: number; counts: Counts; say(line: string): void },
): Promise<void> {
  const budget = createBudget(caller.seen, mostRequests());
  caller.keepWithin(budget);
  const parts = partsOf({ caller, serviceGroupId }, { counts, budget });
  const namesFrom = (index: number) => namesOf(...parts.slice(index).flatMap(({ about }) => about));
  for (const [index, part] of parts.entries()) {
    say(part.say);
    try {
      await part.ask();
    } catch (error) {
      if (!(error instanceof BudgetSpentError)) throw error;
      const { notAsked } = caller.seen;
      for (const name of namesFrom(index)) if (!notAsked.has(name)) notAsked.set(name, undefined);
      return;
    }
    const later = namesFrom(index + 1);
    caller.seen.close(namesOf(...part.about).filter((name) => !later.includes(name)));
  }
}

/** The assumptions whose names begin so. */
export function namesOf(...begin: readonly string[]): AssumptionName[] {
  return assumptionNames.filter((name) => begin.some((one) => name.startsWith(one)));
}

function partsOf(run: Run, { counts, budget }: { counts: Counts; budget: Budget }): Part[] {
  let main: number;
  let authConfigId: string | undefined;
  return [
    {
      say: "services",
      about: ["services.", "consistency."],
      async ask() {
        main = await makeMainService(run);
        await changeMainService(run, main);
      },
    },
    {
      say: "auth configs",
      about: ["services.authLink", "services.putAnswer", "authConfigs.", "tokens.clock"],
      async ask() {
        authConfigId = await tryAuthConfigs(run);
        if (authConfigId !== undefined) await linkMainService(run, main, authConfigId);
      },
    },
    {
      say: "inputs and clones",
      about: ["services.i", "services.setActiveAnswer", "inputs.", "clones."],
      async ask() {
        await saveInputs(run, main);
        await switchAndClone(run, main);
      },
    },
    {
      say: "names and errors",
      about: ["services.inactiveDelete", "names.", "errors."],
      async ask() {
        await tryNames(run);
        await deleteInactive(run);
        await tryErrors(run);
      },
    },
    {
      say: "lists",
      about: ["lists.", "authConfigs.deleteInUse"],
      async ask() {
        if (authConfigId !== undefined) await deleteInUse(run, authConfigId);
        await readLongList(run, counts);
        await readPages(run, budget);
      },
    },
  ];
}

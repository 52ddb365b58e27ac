import { isLongRun } from "../support/runs.ts";
import { testSingles } from "./singles.ts";

testSingles(["rate", "tokens", "errors", "consistency", "lists", "names"], { isWhole: isLongRun });

import { testSingles } from "./singles.ts";

testSingles(["rate", "tokens", "errors", "consistency", "lists", "names"]);

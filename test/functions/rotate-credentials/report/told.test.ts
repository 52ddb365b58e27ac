import fc from "fast-check";
import { expect, test } from "vitest";
import { nextProblems, type Seen } from "../../../../functions/rotate-credentials/follow/next-problems.ts";
import { publishedTold, publishTold } from "../../../../functions/rotate-credentials/report/told.ts";
import type { Outcome, OutcomeData } from "../../../../shared/contract/outcome.ts";
import type { Outcomes } from "../../../../shared/outcomes/outcome-publisher.ts";
import { StableIds } from "../../../support/stable-ids.ts";

const topic = "AGE";
const finding = fc.record({
  topic: fc.constant(topic),
  kind: fc.constantFrom("OLD", "OLDER"),
  message: fc.constantFrom("it is old", "it is older"),
  hint: fc.constant("rotate it"),
});
const seen: fc.Arbitrary<Seen<typeof topic>> = fc.oneof(
  finding,
  fc.constant(undefined),
  fc.constant("unknown" as const),
);

test("what begins or ends has an id of its own, and is told in the same words and at the same time after any crash", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ seen, diesAfter: fc.option(fc.nat(2)) }), { maxLength: 12 }),
      async (runs) => {
        const ids = new StableIds();
        let problems: ReturnType<typeof nextProblems<typeof topic>> = [];
        let begun = 0;
        const told = new Set<string>();
        for (const [minute, run] of runs.entries()) {
          const before = problems.length;
          problems = nextProblems(
            problems,
            { [topic]: run.seen },
            new Date(Date.UTC(2030, 0, 1, 0, minute)).toISOString(),
          );
          if (problems.length > before) begun += 1;
          let calls = 0;
          const outcomes: Outcomes = {
            async publish(data, time = "") {
              calls += 1;
              const outcome = { id: data.cause.id, time, data } as Outcome;
              ids.see(outcome);
              told.add(outcome.id);
              if (run.diesAfter !== null && calls > run.diesAfter) throw new Error("died");
              return outcome;
            },
          };
          const outcomeOf = (
            { since, kind, message }: (typeof problems)[number],
            what: string,
            problem?: object,
          ): OutcomeData => ({
            status: "FAILED",
            summary: `${what}: ${message}`,
            cause: { source: "/test", id: `${topic}/${since}/${what}`, type: "test" },
            details: { kind, problem },
          });
          await publishTold(outcomes, problems, outcomeOf).then(
            () => {
              problems = publishedTold(problems);
            },
            () => {},
          );
        }
        ids.check();
        expect([...told].filter((id) => id.endsWith("/begun")).length).toBeLessThanOrEqual(begun);
      },
    ),
  );
});

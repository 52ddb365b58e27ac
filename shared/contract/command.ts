import * as z from "zod";
import { incomingEventSchema } from "./cloud-event.ts";
import { accountIdSchema, nameSchema } from "./fields/names.ts";
import { refuse } from "./fields/refuse.ts";
import { timeSchema } from "./fields/time.ts";

/** What an operator may order. */
export const commandNames = ["activate", "deactivate", "keep-inactive", "hands-off", "override", "release"] as const;

/** Commands that may say when they end by themselves; `keep-inactive` must. */
const mayEnd = ["keep-inactive", "hands-off", "override"] as const;

/** The same rules for those who read the JSON Schema. */
function untilByCommand() {
  const [mustEnd, ...others] = mayEnd;
  const named = (names: readonly string[]) => ({ properties: { command: { enum: names } } });
  const hasEnd = { required: ["until"] };
  return [{ ...named([mustEnd]), ...hasEnd }, named(others), { not: { anyOf: [named(mayEnd), hasEnd] } }];
}

/**
 * An order of a person about one service.
 *
 * - `activate`: what people and manifests said against it no longer holds; an outage still does
 * - `deactivate`: inactive until `activate` or `release`
 * - `keep-inactive`: the same, until a time
 * - `hands-off`: automation touches nothing, and says what it would have done
 * - `override`: active despite an outage
 * - `release`: ends `deactivate`, `keep-inactive`, `hands-off` and `override`
 */
export const commandSchema = incomingEventSchema.extend({
  type: z.literal("ringcx.command.v1").describe("A command about one service."),
  data: z
    .strictObject({
      command: z.enum(commandNames).describe("What to do; docs/failover.md says what each does."),
      accountId: accountIdSchema.describe("The RingCX account that has the service, a string of digits."),
      groupName: nameSchema.describe("Name of the service's group, as RingCX has it."),
      serviceDescription: nameSchema.describe("Description of the service, as RingCX has it: its name."),
      by: z.string().min(1).max(200).describe("Who orders it; outcomes and status name them."),
      why: z.string().min(1).max(1_000).describe("Why, for whoever reads the outcome or the status."),
      until: timeSchema
        .optional()
        .describe(
          "When it ends by itself, ISO 8601 with an offset. keep-inactive must have it, hands-off and override may.",
        ),
      dryRun: z.boolean().optional().describe("Say what would happen, and do nothing. Without it: false."),
    })
    .superRefine(({ command, until }, context) => {
      if (command === "keep-inactive" && until === undefined) {
        refuse(context, {
          path: ["until"],
          message: "expected the time at which it ends",
          hint: 'without an end the command is "deactivate"',
        });
      }
      if (!mayEnd.some((name) => name === command) && until !== undefined) {
        refuse(context, {
          path: ["until"],
          message: `does not go with ${command}`,
          hint: "keep-inactive, hands-off and override may have an end",
        });
      }
    })
    .meta({ anyOf: untilByCommand(), description: "The command: to which service, by whom, and why." }),
});
/** A command of an operator for one service. */
export type Command = z.output<typeof commandSchema>;

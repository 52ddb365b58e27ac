import * as z from "zod";

const ruleSchema = z.object({
  Name: z.string().min(1),
  Rule: z.object({
    Schedule: z.object({
      // Recurring rules are not known here.
      Expression: z.string().regex(/^at\(\d{4}-\d\d-\d\dT\d\d:\d\d\)$/, "expected at(yyyy-MM-ddThh:mm), in UTC"),
      Duration: z.string().regex(/^P(?=.)(\d+D)?(T(\d+H)?(\d+M)?)?$/, "expected an ISO 8601 duration, as PT1H"),
    }),
  }),
  MuteTargets: z.object({ AlarmNames: z.array(z.string()).max(100) }).optional(),
});

const statuses = ["SCHEDULED", "ACTIVE", "EXPIRED"] as const;
type MuteRule = z.output<typeof ruleSchema>;

/** The inputs of the operations on mute rules. */
export const muteRuleInputs = {
  put: ruleSchema,
  named: z.object({ AlarmMuteRuleName: z.string() }),
  list: z.object({ AlarmName: z.string().optional(), Statuses: z.array(z.enum(statuses)).default([...statuses]) }),
};

/**
 * CloudWatch's alarm mute rules: while one is active the actions of the alarms that it names are not taken, which
 * DescribeAlarms does not show. One-time rules only.
 */
export class MuteRules {
  readonly #rules = new Map<string, MuteRule>();

  put(rule: MuteRule): void {
    this.#rules.set(rule.Name, rule);
  }

  delete(name: string): void {
    this.#rules.delete(name);
  }

  get(name: string): MuteRule | undefined {
    return this.#rules.get(name);
  }

  /** @param now epoch milliseconds */
  list({ AlarmName, Statuses }: z.output<typeof muteRuleInputs.list>, now: number): MuteRule[] {
    return [...this.#rules.values()].filter(
      (rule) =>
        Statuses.includes(statusOf(rule, now)) &&
        (AlarmName === undefined || rule.MuteTargets?.AlarmNames.includes(AlarmName)),
    );
  }
}

function statusOf({ Rule: { Schedule } }: MuteRule, now: number): (typeof statuses)[number] {
  const start = Date.parse(`${Schedule.Expression.slice(3, -1)}:00Z`);
  const [, days, hours, minutes] = /^P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?$/.exec(Schedule.Duration) ?? [];
  const lengthMs = ((Number(days ?? 0) * 24 + Number(hours ?? 0)) * 60 + Number(minutes ?? 0)) * 60_000;
  if (now < start) return "SCHEDULED";
  return now < start + lengthMs ? "ACTIVE" : "EXPIRED";
}

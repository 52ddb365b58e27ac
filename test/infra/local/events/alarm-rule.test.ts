import { describe, expect, test } from "vitest";
import { type AlarmState, parseAlarmRule } from "../../../../infra/local/events/alarm-rule.ts";
import { Alarms } from "../../../../infra/local/events/alarms.ts";
import type { EventBus } from "../../../../infra/local/events/event-bus.ts";

const arn = "arn:aws:cloudwatch:eu-central-1:000000000000:alarm:c d";
const states: Readonly<Record<string, AlarmState>> = { a: "ALARM", b: "OK", [arn]: "ALARM" };
const isTrue = (rule: string) => parseAlarmRule(rule).isTrue((name) => states[name] ?? "INSUFFICIENT_DATA");

test.each([
  ["ALARM(a)", true],
  ["ALARM(b)", false],
  ["OK(b) AND INSUFFICIENT_DATA(missing)", true],
  [`ALARM("${arn}")`, true],
  ['( ALARM( "a" ) )', true],
  ["NOT ALARM(a) OR TRUE", true],
  ["NOT (ALARM(a) OR TRUE)", false],
  ["TRUE OR TRUE AND FALSE", true],
  ["(TRUE OR TRUE) AND FALSE", false],
  ["NOT NOT ALARM(a)", true],
])("%s is %s", (rule, expected) => expect(isTrue(rule)).toBe(expected));

test.each([
  "",
  "ALARM",
  "ALARM(a",
  "ALARM()",
  "ALARM(a) ALARM(b)",
  "alarm(a)",
  "(TRUE",
  "AND",
  "AT_LEAST(1, ALARM, (a))",
])("%j is no rule that is known here", (rule) => expect(() => parseAlarmRule(rule)).toThrow(/^AlarmRule: expected /));

describe("a composite alarm", () => {
  const started = () => {
    const told: string[] = [];
    const put = ({ detail }: { detail: { alarmName: string; state: { value: string } } }) =>
      void told.push(`${detail.alarmName} ${detail.state.value}`);
    const publish = async () => {};
    const bus = { put } as unknown as EventBus;
    const alarms = new Alarms(bus, { region: "eu-central-1", account: "000000000000", publish });
    for (const name of ["a", "b"]) alarms.put(name, "metric", {}, []);
    alarms.put("any", "composite", { AlarmRule: `ALARM(a) OR ALARM("${alarms.arnOf("b")}")` }, []);
    alarms.put("above", "composite", { AlarmRule: "ALARM(any) AND NOT ALARM(b)" }, []);
    return { alarms, told };
  };

  test("changes with the alarms of its rule, and is told after them", () => {
    const { alarms, told } = started();
    alarms.setState("a", "ALARM", "x");
    alarms.setState("b", "ALARM", "x");
    alarms.setState("a", "OK", "x");
    alarms.setState("b", "OK", "x");
    expect(told).toEqual([
      ...["a ALARM", "any ALARM", "above ALARM", "b ALARM", "above OK", "a OK"],
      ...["b OK", "any OK"],
    ]);
    expect(alarms.get("any").stateReason).toMatch(/alarm:b transitioned to OK at /);
  });

  test("may be set, and keeps that until an alarm of its rule changes; one of a circle ends", () => {
    const { alarms } = started();
    alarms.setState("any", "ALARM", "rehearsed");
    expect(alarms.get("any").state).toBe("ALARM");
    alarms.setState("a", "OK", "x");
    expect(alarms.get("any").state).toBe("OK");
    alarms.put("any", "composite", { AlarmRule: "NOT ALARM(above) AND ALARM(a)" }, []);
    alarms.setState("a", "ALARM", "x");
    expect(alarms.get("any").state).toBe("ALARM");
  });

  test("with a rule that cannot be read is refused", () => {
    const { alarms } = started();
    expect(() => alarms.put("c", "composite", { AlarmRule: "ALARM(" }, [])).toThrow(/AlarmRule: expected/);
    expect(alarms.all().map(({ name }) => name)).not.toContain("c");
  });
});

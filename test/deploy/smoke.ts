import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { alarmEvent, type ClientConfig, raise } from "./aws-events.ts";
import { type RunningOps, startOps } from "./ops.ts";

/** How often the alarm is looked at, in milliseconds. */
const everyMs = 500;

/**
 * `npm run smoke` on a deployed stack, as a process of its own. What the emulator does not do is done here: an alarm's change
 * of state becomes an event.
 *
 * @param environment name, which is in that of the alarm
 */
export async function runSmoke(config: ClientConfig, environment: string): Promise<{ code: number; printed: string }> {
  const smoke = startOps(config, environment, ["smoke", "--timeout", "110s"]);
  await raiseChanges(config, `ringcx-smoke-${environment}`, smoke);
  return smoke.ended;
}

/** Tells the deployed rules of each change of an alarm, until the process has ended. */
async function raiseChanges(config: ClientConfig, name: string, smoke: RunningOps): Promise<void> {
  const cloudWatch = new CloudWatchClient(config);
  let last: string | undefined = "OK";
  while (smoke.isRunning) {
    const { MetricAlarms = [] } = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: [name] }));
    const [{ AlarmArn, StateValue } = {}] = MetricAlarms;
    if (AlarmArn !== undefined && StateValue !== last && (StateValue === "OK" || StateValue === "ALARM")) {
      await raise(config, alarmEvent(AlarmArn, StateValue));
      last = StateValue;
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  cloudWatch.destroy();
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { alarmEvent, type ClientConfig, raise } from "./aws-events.ts";

/** How often the alarm is looked at, in milliseconds. */
const everyMs = 500;

/**
 * `npm run smoke` on a deployed stack, as a process of its own. What the emulator does not do is done here: an alarm's change
 * of state becomes an event.
 *
 * @param environment name, which is in that of the alarm
 */
export async function runSmoke(config: ClientConfig, environment: string): Promise<{ code: number; printed: string }> {
  const stack = `RingCxAutomation-${environment}`;
  const args = ["cli/main.ts", "smoke", "--stack", stack, "--region", config.region, "--timeout", "110s"];
  const child = spawn(process.execPath, args, {
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: config.endpoint,
      AWS_ACCESS_KEY_ID: config.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: config.credentials.secretAccessKey,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  }
  const ended = once(child, "exit") as Promise<[number | null]>;
  await raiseChanges(config, `ringcx-smoke-${environment}`, child);
  const [code] = await ended;
  return { code: code ?? 1, printed };
}

/** Tells the deployed rules of each change of an alarm, until the process has ended. */
async function raiseChanges(config: ClientConfig, name: string, child: ChildProcess): Promise<void> {
  const cloudWatch = new CloudWatchClient(config);
  let last: string | undefined = "OK";
  while (child.exitCode === null && child.signalCode === null) {
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

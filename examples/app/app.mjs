// A whole app: README.md beside it says how it is begun.
import { App, Stack } from "aws-cdk-lib";
import { Metric } from "aws-cdk-lib/aws-cloudwatch";
import { RingCxAutomation, RotatedAuthSecret, ServiceHealth } from "ringcx-service-automation";
import { settings } from "./settings.mjs";

const app = new App();
const stack = new Stack(app, "ContactCentre", { env: { region: "eu-central-1" } });
new RingCxAutomation(stack, "RingCx", settings);

// The credential that the auth config of message.yaml gets: put a value into it, and RingCX has it within minutes.
new RotatedAuthSecret(stack, "CrmKey", {
  secretName: "crm/api-key",
  connection: "main",
  accountIds: ["123456"],
  hosts: ["api.example.com"],
});

// While it fires, the service of message.yaml is inactive. Any metric of yours that tells that callers meet errors.
new ServiceHealth(stack, "CrmHealth", {
  alarmName: "crm-unhealthy",
  metric: new Metric({ namespace: "Crm", metricName: "Errors", statistic: "Sum" }),
  threshold: 5,
  evaluationPeriods: 2,
});

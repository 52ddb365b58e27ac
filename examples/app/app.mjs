// A whole app: `npm install ringcx-service-automation aws-cdk-lib constructs`, then `npx cdk deploy --app "node app.mjs"`.
import { App, Stack } from "aws-cdk-lib";
import { RingCxAutomation } from "ringcx-service-automation";

const stack = new Stack(new App(), "ContactCentre", { env: { region: "eu-central-1" } });
new RingCxAutomation(stack, "RingCx", {
  name: "test",
  connections: [{ name: "main", accountIds: ["123456"] }],
  probe: { allowedHosts: ["api.example.com"] },
  failover: { mode: "observe" },
  notifications: { alarms: ["on-call@example.com"] },
});

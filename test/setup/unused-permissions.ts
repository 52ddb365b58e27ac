import { collectPermissionUse, type PermissionUse } from "../../infra/local/iam/permission-use.ts";

/** Permissions that no test uses, and why the stack grants them all the same. By role, and by action. */
const explained: Readonly<Record<string, string>> = {
  "FailoverFailOverServicesRole sqs:GetQueueUrl": "part of CDK's grant for an event source; it tells a URL and no more",
  "ProvisioningAcceptMessagesRole sqs:GetQueueUrl":
    "part of CDK's grant for an event source; it tells a URL and no more",
  "ProvisioningProvisionServicesRole sqs:GetQueueUrl":
    "part of CDK's grant for an event source; it tells a URL and no more",
  "ProvisioningProvisionServicesRole sqs:ChangeMessageVisibility":
    "part of CDK's grant for an event source; a wake that fails comes again by itself",
};

/** Permissions for what goes wrong with AWS itself, which no test brings about and any may meet. */
const inTrouble: Readonly<Record<string, string>> = {
  "ProvisioningAcceptMessagesRole sqs:ChangeMessageVisibility":
    "messages are put off while the table or the topic is out of reach",
  "RotationRotateCredentialsRole dynamodb:UpdateItem":
    "puts the ids right of a service that is made anew between the audit's look and its deactivation",
};

/** After all tests: permissions that the stack's roles grant and nothing has used must be explained or go. */
export default function setup() {
  const use = collectPermissionUse();
  return () => {
    const unused = use.collected().filter(({ role, isUsed }) => !isUsed && isOurs(role));
    use.end();
    // Some tests alone use little.
    if (!isWholeRun()) return;
    report(unused);
  };
}

function report(unused: readonly PermissionUse[]): void {
  const names = unused.map(({ role, action }) => `${role} ${action}`).sort();
  const reasons = { ...inTrouble, ...explained };
  const unexplained = names.filter((name) => reasons[name] === undefined);
  const outdated = Object.keys(explained).filter((name) => !names.includes(name));
  console.log(`\nGranted permissions that no test has used: ${names.length}`);
  for (const name of names) console.log(`  ${name}: ${reasons[name] ?? "NOT EXPLAINED"}`);
  for (const name of outdated) console.log(`  ${name}: explained in test/setup/unused-permissions.ts, but used`);
  if (unexplained.length + outdated.length > 0) {
    throw new Error(
      "Take the permissions away, use them in a test, or explain them in test/setup/unused-permissions.ts.",
    );
  }
}

function isOurs(role: string): boolean {
  return /^(Provisioning|Rotation|Failover)/.test(role);
}

/** `vitest run` and nothing more: no file, no name, no shard. */
function isWholeRun(): boolean {
  return process.argv.slice(2).join(" ") === "run";
}

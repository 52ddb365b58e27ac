/** RingCX service automation as constructs of your own CDK app. */
export { AlarmForwarding, type AlarmForwardingProps } from "../infra/constructs/alarm-forwarding.ts";
export type { IRingCxAutomation } from "../infra/constructs/automation-base.ts";
export type { AutomationAttributes } from "../infra/constructs/imported-automation.ts";
export {
  RotatedAuthSecret,
  type RotatedAuthSecretProps,
  type RotationPlan,
} from "../infra/constructs/rotated-auth-secret.ts";
export { type ServiceAddress, ServiceHealth, type ServiceHealthProps } from "../infra/constructs/service-health.ts";
export { RingCxAutomation, type RingCxAutomationProps } from "../infra/ringcx-automation.ts";

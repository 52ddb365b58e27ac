import { Tags } from "aws-cdk-lib";
import { Alarm, type AlarmProps, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import type { Construct } from "constructs";
import { checkedInput } from "../checked-input.ts";
import { takePart } from "./agreement/app-agreement.ts";
import { serviceHealthProps } from "./props.ts";

/** RingCX's ids of a service, as its admin page and the outcomes show them. */
export interface ServiceAddress {
  /** RingCX sub-account. */
  accountId: string;
  /** The group that holds it. */
  serviceGroupId: number;
  /** The service itself. */
  serviceId: number;
}

/** An alarm, and the services that depend on what it watches. */
export interface ServiceHealthProps extends AlarmProps {
  /**
   * Services that go inactive while it fires. About ten fit into the tag, which holds 256 characters; a manifest's `health.alarms`
   * names the alarm instead, and has no such limit.
   *
   * @default none: manifests name the alarm
   */
  services?: readonly ServiceAddress[];
}

/**
 * An alarm on which failover acts. Where nothing is measured it stays as it is: no evidence is not an outage. Whatever it
 * watches must be what callers meet; for an endpoint in another region see `AlarmForwarding`.
 */
export class ServiceHealth extends Alarm {
  /** @throws {Error} naming every wrong field; where its services do not fit into a tag */
  constructor(scope: Construct, id: string, props: ServiceHealthProps) {
    const { services, ...alarm } = checked(scope, id, props);
    super(scope, id, { treatMissingData: TreatMissingData.IGNORE, ...alarm });
    if (services.length === 0) return;
    const value = services.map((each) => [each.accountId, each.serviceGroupId, each.serviceId].join("/")).join(" ");
    if (value.length > 256) {
      throw new Error(
        `${this.node.path}: services: ${services.length} of them are ${value.length} characters, and a tag holds 256: name the alarm in the manifests' health.alarms instead`,
      );
    }
    Tags.of(this).add("ringcx:services", value);
    takePart(this, { kind: "health", accountIds: services.map(({ accountId }) => accountId) });
  }
}

function checked(scope: Construct, id: string, props: ServiceHealthProps) {
  const where = `ServiceHealth ${scope.node.path}/${id}`;
  checkedInput(serviceHealthProps, props, { where });
  return { ...props, services: props.services ?? [] };
}

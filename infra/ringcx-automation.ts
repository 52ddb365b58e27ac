import { Stack, Token } from "aws-cdk-lib";
import type { Alarm } from "aws-cdk-lib/aws-cloudwatch";
import type { EventBus } from "aws-cdk-lib/aws-events";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { IQueue } from "aws-cdk-lib/aws-sqs";

import type { Construct } from "constructs";
import { checkedInput } from "./checked-input.ts";
import { takePart } from "./constructs/agreement/app-agreement.ts";
import { AutomationBase, type IRingCxAutomation } from "./constructs/automation-base.ts";
import { queueService } from "./constructs/building-blocks/allowed-producers.ts";
import { documentSizeProblems } from "./constructs/building-blocks/document-size.ts";
import { environmentSizeProblems } from "./constructs/building-blocks/environment-size.ts";
import { output, ownOutputs } from "./constructs/building-blocks/output.ts";
import { settingTexts } from "./constructs/building-blocks/setting-texts.ts";
import { CredentialRotation } from "./constructs/credential-rotation.ts";
import { type AutomationAttributes, ImportedAutomation, importedByName } from "./constructs/imported-automation.ts";
import { Operations } from "./constructs/operations/operations.ts";
import { OutageFailover } from "./constructs/outage-failover.ts";
import { ProducerAccess } from "./constructs/producer-access.ts";
import { RingCxAccess } from "./constructs/ringcx-access.ts";
import { warnOfRiskySettings } from "./constructs/risky-settings.ts";
import { ServiceProvisioning } from "./constructs/service-provisioning.ts";
import { togetherProblems } from "./environment-checks.ts";
import { automationSchema } from "./environment-schema.ts";
import type { EnvironmentInput, EnvironmentSettings } from "./environments.ts";

/**
 * Settings of an automation; everything that is left out has a default. Where it runs is its stack's to say, tags and
 * permissions boundaries are CDK's own (`Tags.of`, `PermissionsBoundary.of`).
 */
export type RingCxAutomationProps = Omit<EnvironmentInput, "region" | "account" | "tags" | "permissionsBoundaryArn">;

/** What the settings of a checkout have, and a construct's have not. */
const ofTheStack = {
  region: "it is the stack's: `new Stack(app, id, { env: { region } })`",
  account: "it is the stack's: `new Stack(app, id, { env: { account, region } })`",
  tags: "`Tags.of(automation).add(key, value)` sets them",
  permissionsBoundaryArn: "`PermissionsBoundary.of(automation).apply(policy)` sets it",
};

/** The whole system for one environment: provisioning, rotation, failover, and what the person on call sees of them. */
export class RingCxAutomation extends AutomationBase {
  /** Takes messages: a FIFO queue. Senders need its key, too: `grantProvision`. */
  readonly provisioningQueue: IQueue;
  /** Takes commands: a standard queue. Senders need its key, too: `grantCommand`. */
  readonly commandQueue: IQueue;
  /** What became of messages, rotations and outages. */
  readonly outcomes: ITopic;
  /** Rotates secrets for Secrets Manager: for `RotatedAuthSecret`. */
  readonly rotationFunction: IFunction;
  /** Every alarm that needs a person, in the order of the dashboard. */
  readonly alarms: readonly Alarm[];
  /** Told when one that cannot wait begins and ends. */
  readonly pages: ITopic;
  /** Told when one that can wait for a working day begins and ends. */
  readonly tickets: ITopic;
  protected readonly environmentName: string;
  protected readonly queueKeyArn: string;
  protected readonly queueService: string[];
  readonly #alarmBus: EventBus | undefined;

  /**
   * Takes the events of alarms of other regions and AWS accounts: for `AlarmForwarding`.
   *
   * @throws {Error} where the settings name none
   */
  get alarmBus(): EventBus {
    if (this.#alarmBus) return this.#alarmBus;
    throw new Error(
      `${this.node.path}.alarmBus: there is none. Name the other region in failover.alarmRegions, or the other AWS account in failover.alarmReadRoleArns.`,
    );
  }

  /** @throws {Error} naming every wrong setting, what was expected and how to mend it */
  constructor(scope: Construct, id: string, props: RingCxAutomationProps) {
    super(scope, id);
    ownOutputs(this);
    const { region } = Stack.of(this);
    if (Token.isUnresolved(region)) {
      throw new Error(
        `${this.node.path}: its stack has no region. Give it one, \`env: { region: "eu-central-1" }\`: names of queues, alarms of other regions and the dashboard's links depend on it.`,
      );
    }
    const where = `RingCxAutomation ${this.node.path}`;
    const together = (input: unknown) => togetherProblems(typeof input === "object" ? { ...input, region } : {});
    const checked = checkedInput(automationSchema, props, { where, elsewhere: ofTheStack, together });
    const settings: EnvironmentSettings = { ...checked, region, tags: {} };
    warnOfRiskySettings(this, settings);
    const access = new RingCxAccess(this, "Access", { settings });
    const provisioning = new ServiceProvisioning(this, "Provisioning", { settings, access });
    const rotation = new CredentialRotation(this, "Rotation", { settings, access });
    const failover = new OutageFailover(this, "Failover", { settings, access });
    new ProducerAccess(this, "Producers", { settings, access, provisioning, failover });
    const operations = new Operations(this, "Operations", { settings, access, provisioning, rotation, failover });
    this.environmentName = settings.name;
    this.queueKeyArn = access.key.keyArn;
    this.queueService = queueService(region);
    const functions = [provisioning.intake, provisioning.function, rotation.sync, rotation.rotate, failover.function];
    output(this, "LogGroupNames", { value: functions.map(({ logs }) => logs.logGroupName).join(" ") });
    this.provisioningQueue = provisioning.queue;
    this.commandQueue = failover.commandQueue;
    this.outcomes = access.outcomes;
    this.rotationFunction = rotation.rotate;
    this.alarms = operations.alarms;
    this.pages = operations.topics.page;
    this.tickets = operations.topics.ticket;
    this.#alarmBus = failover.alarmBus;
    const sizeProblems = () => [
      ...environmentSizeProblems(this),
      ...documentSizeProblems(this, settingTexts(settings)),
    ];
    this.node.addValidation({ validate: sizeProblems });
    takePart(this, {
      kind: "automation",
      settings,
      areAccountsOpen: access.accountParameters !== undefined,
      rotationFunctionArn: rotation.rotate.functionArn,
      alarmBusArn: failover.alarmBus?.eventBusArn,
    });
  }

  /**
   * An automation that another app made, of which some ARNs are known. It is not changed, but that a function may be
   * subscribed to its outcomes; roles of its own AWS account alone can be granted something.
   */
  static fromAutomationAttributes(scope: Construct, id: string, attributes: AutomationAttributes): IRingCxAutomation {
    return new ImportedAutomation(scope, id, attributes);
  }

  /** The automation of that `name` in the stack's AWS account and region: what it is made of stands in parameters there. */
  static fromAutomationName(scope: Construct, id: string, name: string): IRingCxAutomation {
    return importedByName(scope, id, name);
  }
}

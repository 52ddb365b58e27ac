import { App, Stack, Stage } from "aws-cdk-lib";
import { Construct, type IConstruct } from "constructs";
import { takePart } from "../../infra/constructs/agreement/app-agreement.ts";
import type { AutomationPart, Part } from "../../infra/constructs/agreement/member.ts";
import { checkedEnvironment, type EnvironmentInput } from "../../infra/environments.ts";

// Constructs with a part and nothing else: what is compared does not need a template.

export const home = { region: "eu-central-1", account: "111122223333" };
export const abroad = { region: "us-east-1", account: "111122223333" };
export const rotationFunctionArn = "arn:aws:lambda:eu-central-1:111122223333:function:rotate";

export type Env = { region?: string; account?: string };

export class TwoStacks {
  readonly app = new App();
  readonly stages: readonly IConstruct[];
  readonly one: Stack;
  readonly two: Stack;

  /** @param env of the second stack */
  constructor(env: Env = home, { first = home as Env, inStages = false } = {}) {
    this.stages = inStages ? [new Stage(this.app, "Dev"), new Stage(this.app, "Live")] : [this.app, this.app];
    this.one = new Stack(this.stages[0] as App, "One", { env: first });
    this.two = new Stack(this.stages[1] as App, "Two", { env });
  }

  add(stack: Stack, id: string, part: Part): this {
    takePart(new Construct(stack, id), part);
    return this;
  }

  /** What the synthesis would say: errors, and warnings with their ids. */
  said(): string {
    const all = this.app.node.findAll();
    const refused = all.flatMap((each) =>
      each.node.validate().map((message) => `refused ${each.node.path}: ${message}`),
    );
    const warned = all.flatMap(({ node }) => node.metadata.filter(({ type }) => type === "aws:cdk:warning"));
    return [...refused, ...warned.map(({ data }) => String(data))].join("\n");
  }
}

export type Settings = Partial<EnvironmentInput>;
export const connection = (accountId: string, name = "main", requireEnvironmentTag = false) => ({
  name,
  accountIds: [accountId],
  requireEnvironmentTag,
});

export function automation(settings: Settings = {}, alarmBusArn?: string, areAccountsOpen = false): AutomationPart {
  const written = { name: "test", region: home.region, connections: [connection("1")], ...settings };
  return {
    kind: "automation",
    settings: checkedEnvironment(written),
    areAccountsOpen,
    rotationFunctionArn,
    alarmBusArn,
  };
}

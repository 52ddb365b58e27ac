import { Annotations } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { alarmsReach, forwardingLeads, healthIsRead } from "./alarms-reach.ts";
import { automationsDiffer } from "./automations-differ.ts";
import type { Finding, Member, Part } from "./member.ts";
import { secretFits, secretsDiffer } from "./secret-fits.ts";

const parts = new WeakMap<object, Part>();

/**
 * Has a construct compared with every other of the package in its app, whatever stack or stage each is in. What cannot work is an
 * error of the synthesis; what may be meant is a warning, which `Annotations.of(scope).acknowledgeWarning(id)` silences.
 */
export function takePart(construct: Construct, part: Part): void {
  parts.set(construct, part);
  const itself = { construct, part };
  construct.node.addValidation({ validate: () => told(itself, findingsAbout(itself)) });
}

function findingsAbout(itself: Member): Finding[] {
  const members = itself.construct.node.root.node.findAll().flatMap((construct): Member[] => {
    const part = parts.get(construct);
    return part ? [{ construct, part }] : [];
  });
  const automations = members.flatMap(({ construct, part }) =>
    part.kind === "automation" ? [{ construct, ...part }] : [],
  );
  const { construct, part } = itself;
  const membersBefore = members.slice(
    0,
    members.findIndex((each) => each.construct === construct),
  );
  switch (part.kind) {
    case "automation": {
      const automation = { construct, ...part };
      const earlier = membersBefore.flatMap(({ construct: one, part: its }) =>
        its.kind === "automation" ? [{ construct: one, ...its }] : [],
      );
      return [...earlier.flatMap((each) => automationsDiffer(automation, each)), ...alarmsReach(automation, members)];
    }
    case "secret":
      return [
        ...membersBefore.flatMap((each) =>
          each.part.kind === "secret"
            ? secretsDiffer({ construct, ...part }, { construct: each.construct, ...each.part })
            : [],
        ),
        ...secretFits({ construct, ...part }, automations),
      ];
    case "health":
      return healthIsRead({ construct, ...part }, automations);
    case "forwarding":
      return forwardingLeads({ construct, ...part }, automations);
  }
}

function told({ construct }: Member, findings: readonly Finding[]): string[] {
  for (const { id, message } of findings) {
    if (id !== undefined) Annotations.of(construct).addWarningV2(`ringcx-service-automation:${id}`, message);
  }
  return findings.flatMap(({ id, message }) => (id === undefined ? [message] : []));
}

import { sharedAccounts } from "../../shared-accounts.ts";
import { type AutomationPart, type Finding, isSamePlace, type Placed } from "./member.ts";

type Automation = Placed<AutomationPart>;

/** What two automations of an app may not have in common, told of the later one. */
export function automationsDiffer(one: Automation, other: Automation): Finding[] {
  return [...namesDiffer(one, other), ...secretsDiffer(one, other), ...accountsDiffer(one, other)];
}

function namesDiffer(one: Automation, other: Automation): Finding[] {
  const { name } = one.settings;
  const place = isSamePlace(one.construct, other.construct);
  if (name !== other.settings.name || place === "no") return [];
  const shared = "key alias, parameters, dashboard and metrics would be one";
  if (place === "yes") {
    return [
      {
        message: `name: "${name}" is that of ${other.construct.node.path}, too, in the same AWS account and region: ${shared}. Give one of them another name.`,
      },
    ];
  }
  const message = `name: "${name}" is that of ${other.construct.node.path}, too. Deployed to one AWS account, ${shared}. Give their stacks an account each (env.account), or one of them another name.`;
  return [{ id: "sameName", message }];
}

/** A secret without the tag `ringcx:environment` is everybody's whose connection it names, and does not ask for the tag. */
function secretsDiffer(one: Automation, other: Automation): Finding[] {
  const place = isSamePlace(one.construct, other.construct);
  if (place === "no") return [];
  return one.settings.connections.flatMap((connection): Finding[] => {
    const theirs = other.settings.connections.find(({ name }) => name === connection.name);
    const open = [connection, theirs].filter((each) => each?.requireEnvironmentTag === false).length;
    if (!theirs || open === 0) return [];
    const { path } = other.construct.node;
    const mend = `Give the connection requireEnvironmentTag: true in both, or one of the two another name.`;
    if (open === 2 && place === "yes") {
      return [
        {
          message: `connections: "${connection.name}" is one of ${path}, too, in the same AWS account and region: both may use, rotate and change every secret with ringcx:connection=${connection.name} that names no environment. ${mend}`,
        },
      ];
    }
    const who = open === 2 ? "both" : connection.requireEnvironmentTag ? path : "this one";
    const message = `connections: "${connection.name}" is one of ${path}, too: a secret with ringcx:connection=${connection.name} that names no environment may be used by ${who} where they are in one AWS account and region. ${mend}`;
    return [{ id: "sharedSecrets", message }];
  });
}

/** Each reckons with the whole of RingCX's quota for an account, wherever it runs. */
function accountsDiffer(one: Automation, other: Automation): Finding[] {
  const message = sharedAccounts(one.settings, other.settings, other.construct.node.path);
  return message === undefined ? [] : [{ id: "sharedAccounts", message }];
}

import type { Assumption } from "../../infra/local/ringcx-simulator/assumptions/assumption.ts";
import { answersOf, assumptionNames, catalogue } from "../../infra/local/ringcx-simulator/assumptions/catalogue.ts";

const areas: Readonly<Record<string, string>> = {
  rate: "Rate limit",
  services: "Services",
  inputs: "Inputs",
  clones: "Clones",
  names: "Names",
  authConfigs: "Auth configs",
  lists: "Lists",
  consistency: "Consistency",
  errors: "Errors",
  tokens: "Tokens",
};

/** What a door does, with an example. */
const controlDoors: readonly (readonly [what: string, example: string])[] = [
  ["What was asked and answered; `-X DELETE` forgets it", "curl $URL/_simulator/requests"],
  ["What the accounts hold, credentials as fingerprints", "curl $URL/_simulator/state"],
  [
    "A fault, here 503 for the next two calls of an operation, or a list of faults; `GET` shows those to come, `DELETE` ends them",
    `curl $URL/_simulator/faults -d '{"kind": "status", "status": 503, "times": 2, "match": {"path": "*/setIsActive"}}'`,
  ],
  [
    "Every access token expires, here with the refresh tokens",
    `curl $URL/_simulator/expire-tokens -d '{"refreshTokens": true}'`,
  ],
  [
    "What the user may do; `GET` shows it",
    `curl -X PUT $URL/_simulator/permissions -d '["READ on Account", "READ on HttpService"]'`,
  ],
  [
    "A person changes a service in the admin page",
    `curl $URL/_simulator/edits -d '{"accountId": "123456", "serviceGroupId": 1, "serviceId": 1, "changes": {"isEnabled": false}}'`,
  ],
  [
    "A flow calls a service whose endpoint is on loopback",
    `curl $URL/_simulator/calls -d '{"accountId": "123456", "serviceGroupId": 1, "serviceId": 1, "inputs": {"ani": "15550100"}}'`,
  ],
];

/** docs/simulator.md: the catalogue of assumptions for people. */
export function assumptionsPage(): string {
  const answers = assumptionNames.flatMap(answersOf).length;
  return `# What RingCX may do: the catalogue of assumptions

<!-- Made of infra/local/ringcx-simulator/assumptions by \`vitest run test/docs -u\`: change it there. -->

Where RingCX's documentation is silent or says two things, the program and its simulator assume something. This page
names each assumption: what is asked, every answer that is plausible, which one the simulator gives by default and why,
where something is said about it, and what depends on it. There are ${assumptionNames.length}, with ${answers} answers.

The simulator does every one of them. A profile is a JSON file of answers by name; what it leaves out has its default,
and a name or an answer that is not on this page is refused with the nearest that is:

\`\`\`
echo '{"services.authLink": "dropped", "clones.state": "active"}' > profile.json
npm run simulator -- --profile profile.json
\`\`\`

\`npm run conformance\` finds out on a real account which answers hold, and writes such a profile
([operating.md](operating.md#what-ringcx-really-does)). In a test it is an argument:
\`startRingCxSimulator({ profile: { "services.authLink": "dropped" } })\`.

## Control doors

A running simulator is looked at, and told to misbehave, below \`/_simulator/\`. Nothing there counts as a request to
RingCX. \`URL\` is the \`url\` that it prints at its start. A field that is not known is refused by name.

${controlDoors.map(([what, example]) => `${what}:\n\n\`\`\`\n${example}\n\`\`\``).join("\n\n")}

The kinds of faults are in [its README](../infra/local/ringcx-simulator/README.md).

${Object.entries(areas)
  .map(([area, title]) => `## ${title}\n\n${sectionOf(area)}`)
  .join("\n\n")}
`;
}

function sectionOf(area: string): string {
  const names = assumptionNames.filter((name) => name.startsWith(`${area}.`));
  if (names.length === 0) throw new Error(`the catalogue has nothing under ${area}`);
  return names.map(entryOf).join("\n\n");
}

function entryOf(name: (typeof assumptionNames)[number]): string {
  const { question, alternatives, default: usual, why, source, dependsOn }: Assumption = catalogue[name];
  const answers = answersOf(name).map((answer) => {
    const mark = answer === usual ? " (default)" : "";
    return `| \`${answer}\`${mark} | ${alternatives[answer]} |`;
  });
  return `### \`${name}\`

${question}

| answer | what it means |
| --- | --- |
${answers.join("\n")}

- Why the default: ${why}
- Source: ${source}
- Depends on it: ${dependsOn}`;
}

/** Areas that the page has a title for. */
export const areaNames = Object.keys(areas);

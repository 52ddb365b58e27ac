/**
 * How people call this code and name what it runs. A checkout brings an app of its own, `infra/environments.ts`; who has
 * installed the package has another app, and neither our npm scripts nor that file.
 */
export interface Edition {
  /** The command line. */
  ops: string;
  simulator: string;
  /** What comes before the names of documents, where they lie elsewhere than in the project's root. */
  documents: string;
  /** What an example gives to say which environment, where it is another than in a checkout. */
  named?: string;
  /** How the system on one machine comes to run. */
  localSystem: string;
  /** Answers a command line that names no environment. */
  whichEnvironment: string;
  /** Where the region may be said. */
  regionOf: string;
  /** What to do where a stack is not there. @param environment its name, where it is of `infra/environments.ts` */
  deploy(environment: string): string;
  /** How a command of CDK is run. */
  cdk(command: string): string;
}

const checkout: Edition = {
  ops: "npm run ops --",
  simulator: "npm run simulator --",
  documents: "",
  localSystem: "`npm start -- --stay`",
  whichEnvironment:
    "Give --environment NAME (as in infra/environments.ts), --stack NAME for a stack of your own app, or --local for the system that `npm start -- --stay` runs.",
  regionOf: "infra/environments.ts",
  deploy: (environment) => `npm run deploy -- --environment ${environment}`,
  cdk: (command) => (command === "deploy" ? "npm run deploy -- --environment NAME" : `npx cdk ${command}`),
};

const installed: Edition = {
  ops: "npx ringcx-automation",
  simulator: "npx ringcx-automation simulator",
  documents: "node_modules/ringcx-service-automation/",
  named: "--stack ContactCentre",
  localSystem: "the `npm start -- --stay` of a checkout",
  whichEnvironment: "Give --stack NAME, the stack of your app that holds the RingCxAutomation.",
  regionOf: "the AWS profile",
  deploy: () => "npx cdk deploy",
  cdk: (command) => `npx cdk ${command}`,
};

/** The package is compiled; a checkout runs as it is written. */
export const isInstalled = import.meta.url.endsWith(".js");

/** What the running code is. The only place that knows. */
export const edition: Edition = isInstalled ? installed : checkout;

/** Examples of the command line, each on a line: `ops status --local` as people of the edition type it. */
export function examples(...lines: readonly string[]): string {
  return lines
    .map((line) => {
      const called = line.replace(/(?<=^|\| )ops(?= )/, edition.ops);
      return `  ${edition.named === undefined ? called : called.replace(/--local\b|--environment \w+/, edition.named)}`;
    })
    .join("\n");
}

import { parseArgs } from "node:util";
import { nearest } from "../../shared/primitives/nearest.ts";

/** What stands behind an option: nothing, one value, or a value each time that it is given. */
type Kind = "flag" | "value" | "values";

interface Option {
  kind: Kind;
  short?: string;
}

/** `npm run deploy`'s own. `adopt-data` has a value only as `--adopt-data=TABLE`: what follows it is another option. */
const own = {
  // As in the command line; `cdk deploy` has the letter for --exclusively.
  environment: { kind: "value", short: "e" },
  region: { kind: "value" },
  "adopt-data": { kind: "flag" },
  help: { kind: "flag", short: "h" },
} as const satisfies Readonly<Record<string, Option>>;

/**
 * What goes to `cdk deploy` as it is. Left out is what says which app and stacks are meant, as `--environment` does (`--app`,
 * `--all`, `--build`, `--ignore-no-stacks`), and `--version`. Source: AWS CDK CLI Reference, "cdk deploy"; a test holds it
 * against the CDK that is installed.
 */
export const passedOn: Readonly<Record<string, Option>> = {
  ...named("flag", "trace strict lookups ignore-errors debug debug-app debug-cli version-reporting telemetry"),
  ...named("flag", "path-metadata asset-metadata staging notices no-color color ci execute exclusively"),
  ...named("flag", "previous-parameters rollback hotswap hotswap-fallback watch logs asset-parallelism asset-prebuild"),
  ...named("flag", "revert-drift express import-existing-resources"),
  ...named("value", "profile proxy ca-bundle-path telemetry-file require-approval monitoring-time-minutes"),
  ...named("value", "change-set-name toolkit-stack-name progress concurrency asset-build-concurrency"),
  ...named("value", "hotswap-ecs-minimum-healthy-percent hotswap-ecs-maximum-healthy-percent"),
  ...named("value", "hotswap-ecs-stabilization-timeout-seconds"),
  ...named("values", "unstable notification-arns rollback-trigger-alarm-arns parameters"),
  verbose: { kind: "flag", short: "v" },
  ec2creds: { kind: "flag", short: "i" },
  yes: { kind: "flag", short: "y" },
  force: { kind: "flag", short: "f" },
  "role-arn": { kind: "value", short: "r" },
  output: { kind: "value", short: "o" },
  method: { kind: "value", short: "m" },
  "outputs-file": { kind: "value", short: "O" },
  context: { kind: "values", short: "c" },
  plugin: { kind: "values", short: "p" },
  "build-exclude": { kind: "values", short: "E" },
  tags: { kind: "values", short: "t" },
};

const known: Readonly<Record<string, Option>> = { ...passedOn, ...own };

/** Flags that count how often they stand there. */
const counted = ["verbose", "help"];

/** What `npm run deploy` was asked for. */
export type DeployArguments =
  | { kind: "help" }
  | { kind: "wrong"; problems: readonly string[] }
  | {
      kind: "deploy";
      environment: string;
      region: string | undefined;
      /** Whether what a removed stack has left behind is taken, and from which table where it is named. */
      adoptData: { tableName: string | undefined } | undefined;
      profile: string | undefined;
      outputsFile: string | undefined;
      /** Whether something of CDK's own may bring the credentials. */
      hasPlugins: boolean;
      /** What goes to `cdk deploy`. */
      cdk: readonly string[];
    };

type Token = { index: number } & (
  | { kind: "option"; name: string; rawName: string; value?: string | undefined; inlineValue?: boolean | undefined }
  | { kind: "positional"; value: string }
  | { kind: "option-terminator" }
);
type Given = Extract<Token, { kind: "option" }>;

/**
 * Reads the arguments of `npm run deploy`. One that nobody knows is a problem with the nearest that there is: CDK would
 * ignore it and deploy. What stands behind `--` goes to CDK unread.
 */
export function deployArguments(args: readonly string[]): DeployArguments {
  const end = args.indexOf("--");
  const ours = end === -1 ? args : args.slice(0, end);
  const { tokens } = parseArgs({
    args: [...ours],
    options: Object.fromEntries(
      Object.entries(known).map(([name, { kind, short }]) => [
        name,
        { type: kind === "flag" ? "boolean" : "string", ...(short && { short }) } as const,
      ]),
    ),
    strict: false,
    allowNegative: true,
    tokens: true,
  });
  const given = (tokens as Token[]).filter((token): token is Given => token.kind === "option");
  if (given.some(({ name }) => name === "help")) return { kind: "help" };
  const said = (name: string) => given.find((option) => option.name === name)?.value;
  const environment = said("environment");
  const problems = [...given.flatMap(optionProblems), ...repeated(given), ...strays(tokens as Token[])];
  if (!given.some(({ name }) => name === "environment")) problems.push("--environment is missing.");
  if (problems.length > 0 || environment === undefined) return { kind: "wrong", problems };
  return {
    kind: "deploy",
    environment,
    region: said("region"),
    adoptData: given.some(({ name }) => name === "adopt-data") ? { tableName: said("adopt-data") } : undefined,
    profile: said("profile"),
    outputsFile: said("outputs-file"),
    hasPlugins: given.some(({ name }) => name === "plugin"),
    cdk: [...given.filter(({ name }) => !Object.hasOwn(own, name)).flatMap(written), ...args.slice(ours.length + 1)],
  };
}

function optionProblems({ name, rawName, value, inlineValue }: Given): string[] {
  const option = Object.hasOwn(known, name) ? known[name] : undefined;
  const isNegated = rawName === `--no-${name}`;
  if (option === undefined || (isNegated && (option.kind !== "flag" || Object.hasOwn(own, name)))) {
    return [`${rawName} is no option of npm run deploy.${meant(rawName)}`];
  }
  if (name === "context" && /^(environment|region)=/.test(value ?? "")) {
    return [`${rawName} ${value}: say --${value?.replace("=", " ")}.`];
  }
  if (option.kind === "flag") {
    const isEmpty = name === "adopt-data" && value === "";
    return isEmpty ? ["--adopt-data= names no table. Name one, or leave out the equals sign."] : [];
  }
  const isThere = value !== undefined && value !== "" && (inlineValue || !value.startsWith("-"));
  return isThere ? [] : [`${rawName} needs a value.`];
}

function repeated(given: readonly Given[]): string[] {
  const single = given.filter(({ name }) => known[name] && known[name].kind !== "values" && !counted.includes(name));
  const names = single.map(({ name }) => name);
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))].map(
    (name) => `--${name} is given more than once. Say it once.`,
  );
}

/** What belongs to no option; what follows an unknown one is told with that. */
function strays(tokens: readonly Token[]): string[] {
  return tokens.flatMap((token, at) => {
    if (token.kind !== "positional") return [];
    const before = tokens[at - 1];
    if (before?.kind === "option" && !Object.hasOwn(known, before.name)) return [];
    return [`${JSON.stringify(token.value)} belongs to no option.`];
  });
}

function written({ rawName, value, inlineValue }: Given): string[] {
  if (value === undefined) return [rawName];
  return inlineValue && rawName.startsWith("--") ? [`${rawName}=${value}`] : [rawName, value];
}

function named(kind: Kind, names: string): Record<string, Option> {
  return Object.fromEntries(names.split(" ").map((name) => [name, { kind }]));
}

/** Of so many options only those are named that are like it. */
function meant(rawName: string): string {
  const names = Object.keys(known).map((name) => `--${name}`);
  const sentence = nearest(rawName, names, 1);
  return sentence.startsWith(" Did you mean") ? sentence : " --help names all that there are.";
}

export const deployUsage = "npm run deploy -- --environment NAME [OPTIONS] (--help explains them)";

/** @param environments which there are, for who asks */
export function deployHelp(environments: readonly string[]): string {
  return `Usage: npm run deploy -- --environment NAME [OPTIONS]

  -e, --environment NAME
                        which of infra/environments.ts: ${environments.join(", ")}
  --region REGION       where several regions have an environment of that name
  --adopt-data[=TABLE]  takes the table, key and logins that a removed stack has left behind into the new one
                        (docs/deploying.md); TABLE where several have been left behind
  --help                this

Nothing is deployed by npx cdk diff --context environment=NAME, which shows what would change.

These go to cdk deploy as they are (npx cdk deploy --help explains them), and whatever stands behind a further --:
${lines(Object.keys(passedOn).map((name) => `--${name}`))}
`;
}

function lines(words: readonly string[]): string {
  return words
    .join(" ")
    .replaceAll(/(.{1,110})(?: |$)/g, "  $1\n")
    .trimEnd();
}

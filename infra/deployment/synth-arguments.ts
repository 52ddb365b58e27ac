import { parseArgs } from "node:util";
import { nearest } from "../../shared/primitives/nearest.ts";

/** What `npm run synth` was asked for. */
export type SynthArguments =
  | { kind: "help" }
  | { kind: "wrong"; problems: readonly string[] }
  | {
      kind: "synth";
      environment: string | undefined;
      region: string | undefined;
      /** Ids of stacks. @default all */
      stacks: readonly string[];
      /** What goes to `cdk synth` unread. */
      cdk: readonly string[];
    };

const options = {
  environment: { type: "string", short: "e" },
  region: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

/**
 * Reads the arguments of `npm run synth`. CDK would ignore an option that nobody knows and make all templates, and bundle every
 * function before it says that there is no such stack. What stands behind `--` goes to CDK unread.
 *
 * @param known ids of the stacks that there are
 */
export function synthArguments(args: readonly string[], known: readonly string[]): SynthArguments {
  const end = args.indexOf("--");
  const ours = end === -1 ? args : args.slice(0, end);
  const { values, positionals, tokens } = parseArgs({
    args: [...ours],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given = tokens.filter((token) => token.kind === "option");
  if (given.some(({ name }) => name === "help")) return { kind: "help" };
  const unknown = given.filter(({ name }) => !Object.hasOwn(options, name));
  const problems = [
    ...unknown.map(({ rawName }) => `${rawName} is no option of npm run synth.${meant(rawName)}`),
    ...(["environment", "region"] as const).flatMap((name) => valueProblems(name, given)),
    // What follows an unknown option is told with it.
    ...(unknown.length > 0 ? [] : positionals.filter((stack) => !known.includes(stack))).map(
      (stack) => `There is no stack ${JSON.stringify(stack)} of infra/environments.ts.${nearest(stack, known)}`,
    ),
  ];
  if (problems.length > 0) return { kind: "wrong", problems };
  return {
    kind: "synth",
    environment: values.environment as string | undefined,
    region: values.region as string | undefined,
    stacks: positionals,
    cdk: args.slice(ours.length + 1),
  };
}

function valueProblems(
  name: "environment" | "region",
  given: readonly { name: string; value?: string | undefined; inlineValue?: boolean | undefined }[],
): string[] {
  const [first, ...more] = given.filter((option) => option.name === name);
  if (first === undefined) return [];
  if (more.length > 0) return [`--${name} is given more than once. Say it once.`];
  const isThere =
    first.value !== undefined && first.value !== "" && (first.inlineValue || !first.value.startsWith("-"));
  return isThere ? [] : [`--${name} needs a value.`];
}

function meant(rawName: string): string {
  const sentence = nearest(
    rawName,
    Object.keys(options).map((name) => `--${name}`),
    1,
  );
  return sentence.startsWith(" Did you mean") ? sentence : " What is CDK's own stands behind a further --.";
}

/** @param environments which there are, for who asks */
export function synthHelp(environments: readonly string[]): string {
  return `Usage: npm run synth -- [OPTIONS] [STACK...]

Makes the CloudFormation templates into cdk.out: of every environment, or of those that are named.

  -e, --environment NAME
                        which of infra/environments.ts: ${environments.join(", ")}
  --region REGION       where several regions have an environment of that name
  --help                this

What stands behind a further -- goes to cdk synth as it is (npx cdk synth --help explains it).
`;
}

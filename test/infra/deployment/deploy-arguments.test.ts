import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deployArguments, deployHelp, passedOn } from "../../../infra/deployment/deploy-arguments.ts";

const asked = (line: string) => deployArguments(line.split(" ").filter(Boolean));
const problemsOf = (line: string) => {
  const found = asked(line);
  return found.kind === "wrong" ? found.problems : [];
};

test("own options are read, and what is CDK's is passed on as it was written", () => {
  expect(
    asked("-vv -c a=b --environment=test --no-rollback --adopt-data=T --parameters A=1 --parameters B=2 -O out.json"),
  ).toEqual({
    kind: "deploy",
    environment: "test",
    region: undefined,
    adoptData: { tableName: "T" },
    profile: undefined,
    outputsFile: "out.json",
    hasPlugins: false,
    cdk: ["-v", "-v", "-c", "a=b", "--no-rollback", "--parameters", "A=1", "--parameters", "B=2", "-O", "out.json"],
  });
  expect(asked("--adopt-data --environment test --region eu-west-1 --profile p --force=true")).toMatchObject({
    ...{ environment: "test", region: "eu-west-1", adoptData: { tableName: undefined }, profile: "p" },
    cdk: ["--profile", "p", "--force=true"],
  });
});

test.each(["-e test", "-etest"])("%s names the environment, as it does in the command line", (line) => {
  expect(asked(`${line} --exclusively`)).toMatchObject({ environment: "test", cdk: ["--exclusively"] });
});

test("what stands behind -- is CDK's, unread", () => {
  expect(asked("--environment test -- --new-of-cdk x --environment y -- z")).toMatchObject({
    environment: "test",
    cdk: ["--new-of-cdk", "x", "--environment", "y", "--", "z"],
  });
});

describe("refused, with what was meant", () => {
  test.each<[line: string, problem: RegExp | string]>([
    ["--environment test --dry-run", "--dry-run is no option of npm run deploy. --help names all that there are."],
    ["--environment test --regoin x", '--regoin is no option of npm run deploy. Did you mean "--region"?'],
    ["--environment test --adopt-date", /Did you mean "--adopt-data"/],
    ["--environment test --requireApproval=never", /Did you mean "--require-approval"/],
    ["--environment test -q", /-q is no option/],
    ["--environment test --no-region", /--no-region is no option/],
    ["--environment test --constructor", /--constructor is no option/],
    ["--environment test --environment production", "--environment is given more than once. Say it once."],
    ["--environment test --profile a --profile b", /--profile is given more than once/],
    ["--environment test --adopt-data --adopt-data=T", /--adopt-data is given more than once/],
    ["-e", "-e needs a value."],
    ["-e test -e production", "--environment is given more than once. Say it once."],
    ["--environment --region", /--environment needs a value/],
    ["--environment=", /--environment needs a value/],
    ["--environment test --adopt-data=", /--adopt-data= names no table/],
    ["--environment test -c environment=production", "-c environment=production: say --environment production."],
    ["--environment test production", '"production" belongs to no option.'],
    ["", "--environment is missing."],
  ])("%s", (line, problem) => {
    const [first, ...more] = problemsOf(line);
    expect(first).toEqual(typeof problem === "string" ? problem : expect.stringMatching(problem));
    if (!line.startsWith("--environment --")) expect(more).toEqual([]);
  });

  test("everything that is wrong at once", () => expect(problemsOf("x --regoin y --force --force")).toHaveLength(4));

  test("whatever nobody knows, wherever it stands", () => {
    const known = [...Object.keys(passedOn), "environment", "region", "adopt-data", "help"];
    const name = fc.stringMatching(/^[a-z][a-z-]{1,15}$/).filter((text) => !known.includes(text.replace(/^no-/, "")));
    const right = ["--environment", "test", "--adopt-data", "--force", "-c", "a=b"];
    fc.assert(
      fc.property(name, fc.constantFrom("", "=x"), fc.constantFrom(0, 2, 3, 4, 6), (unknown, value, at) => {
        const found = deployArguments(right.toSpliced(at, 0, `--${unknown}${value}`));
        expect(found).toEqual({ kind: "wrong", problems: [expect.stringContaining(`--${unknown} is no option`)] });
      }),
    );
  });
});

test.each(["--help", "-h", "--environment test --nonsense --help"])("%s explains", (line) => {
  expect(asked(line)).toEqual({ kind: "help" });
});

test("the help names every option, and the environments", () => {
  const help = deployHelp(["test", "production"]);
  for (const name of [...Object.keys(passedOn), "environment", "region", "adopt-data", "help"]) {
    expect(help).toContain(`--${name}`);
  }
  expect(help).toContain("test, production");
  expect(Math.max(...help.split("\n").map((line) => line.length))).toBeLessThan(125);
});

import { expect, test } from "vitest";
import { synthArguments, synthHelp } from "../../../infra/deployment/synth-arguments.ts";

const stacks = ["RingCxAutomation-test", "RingCxAutomation-production"];
const asked = (line: string) => synthArguments(line.split(" ").filter(Boolean), stacks);

test("environment, stacks and what is CDK's are read", () => {
  expect(asked("")).toMatchObject({ kind: "synth", environment: undefined, stacks: [], cdk: [] });
  expect(asked("-e test --region=eu-west-1 RingCxAutomation-test -- --json -- x")).toEqual({
    ...{ kind: "synth", environment: "test", region: "eu-west-1", stacks: ["RingCxAutomation-test"] },
    cdk: ["--json", "--", "x"],
  });
  expect(asked("--enviroment test --help")).toEqual({ kind: "help" });
});

test.each<[line: string, problem: string]>([
  ["--enviroment b", '--enviroment is no option of npm run synth. Did you mean "--environment"?'],
  ["--enviroment=b", '--enviroment is no option of npm run synth. Did you mean "--environment"?'],
  ["-q", "-q is no option of npm run synth. What is CDK's own stands behind a further --."],
  ["nosuchstack", 'There is no stack "nosuchstack" of infra/environments.ts. There are "RingCxAutomation-test"'],
  ["RingCxAutomation-tset", 'There is no stack "RingCxAutomation-tset" of infra/environments.ts. Did you mean'],
  ["-e", "--environment needs a value."],
  ["-e a --environment b", "--environment is given more than once. Say it once."],
])("%s is refused, with what was meant", (line, problem) => {
  expect(asked(line)).toEqual({ kind: "wrong", problems: [expect.stringContaining(problem)] });
});

test("the help names the environments", () => expect(synthHelp(["test", "production"])).toContain("test, production"));

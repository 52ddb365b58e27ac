import { shareBundles } from "../../infra/local/template/shared-bundles.ts";

/** The functions are bundled once for all test files that run the stack. */
export default function setup() {
  return shareBundles();
}
